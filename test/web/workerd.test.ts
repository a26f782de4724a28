import { Miniflare } from "miniflare";
import { testAdapter } from "../conformance/adapter.ts";
import { suiteEvents } from "../conformance/harness.ts";
import { bundled } from "./runtimes/bundled.ts";

const script = await bundled(new URL("runtimes/worker.ts", import.meta.url).pathname);

testAdapter("Hono on workerd", async (settings) => {
  const { keep, eventThat } = suiteEvents();
  const worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-07-01",
    bindings: { SUITE_SETTINGS: JSON.stringify(settings) },
    handleStructuredLogs: ({ message }: { readonly message: string }) => {
      if (message.startsWith("@event ")) keep(JSON.parse(message.slice("@event ".length)));
    },
  });
  const { origin } = await worker.ready;
  return {
    url: origin,
    path: (name) => (name === "home" ? "/" : `/${name}`),
    eventThat,
    close: () => worker.dispose(),
  };
});
