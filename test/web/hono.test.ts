import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { testAdapter } from "../conformance/adapter.ts";
import { suiteEvents } from "../conformance/harness.ts";
import { trackerOptions } from "../conformance/shop.ts";
import { suiteApp } from "./suite-app.ts";

testAdapter("Hono on Node", async (settings) => {
  const events = suiteEvents();
  const { app, tracker } = suiteApp(trackerOptions(settings, events.onEvent));
  const server = createAdaptorServer({ fetch: app.fetch }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    path: (name) => (name === "home" ? "/" : `/${name}`),
    eventThat: events.eventThat,
    close: async () => {
      server.close();
      await tracker.close({ timeoutMs: 0 });
    },
  };
});
