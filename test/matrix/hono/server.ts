import { suiteApp } from "./suite/app.ts";
import { options } from "./suite/options.ts";

/** As each runtime serves a `fetch`. */
interface Runtimes {
  readonly Bun?: { serve(options: object): unknown };
  readonly Deno?: { serve(options: object, fetch: unknown): unknown };
}

const { app } = suiteApp(options);
const place = { hostname: "127.0.0.1", port: Number(process.env.PORT) };
const { Bun, Deno }: Runtimes = globalThis as object;
if (Bun) Bun.serve({ ...place, fetch: app.fetch });
else if (Deno) Deno.serve(place, app.fetch);
else (await import("@hono/node-server")).serve({ ...place, fetch: app.fetch });
