// A shop on Express in a process of its own, with or without something that tracks its orders.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { serve } from "../frame/remote.ts";
import { addPages } from "../shop-pages.ts";
import { type TrackerSettings, trackingOf } from "../trackers.ts";

const settings: TrackerSettings = JSON.parse(process.env.BENCH_SHOP ?? "");
const tracking = await trackingOf(settings);
const app = express();
app.set("trust proxy", 1);
app.disable("x-powered-by");
tracking.install?.(app);
addPages(app, tracking.handlers);
if (!tracking.own) app.post("/webhook/:number", (_, response) => void response.sendStatus(200));

const server = app.listen(0, "127.0.0.1");
// No connection is closed in the moment in which a shopper uses it again.
server.keepAliveTimeout = 600_000;
await once(server, "listening");
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const methods = {
  /** The shop's origin, and the cookie of a session in it. */
  async enter() {
    const [cookie = ""] = (await fetch(`${origin}/enter`)).headers.getSetCookie();
    return { origin, session: cookie.split(";", 1)[0] ?? "" };
  },
  /** The time that the shop has kept processors busy, in milliseconds. */
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  accepted: () => tracking.own?.accepted() ?? [],
  totals: () => tracking.own?.totals(),
  states: (numbers: readonly number[]) => tracking.own?.states(numbers),
  finish: (ms: number) => tracking.finish(ms),
};

export type ShopMethods = typeof methods;
serve(methods);
