import { serve } from "@hono/node-server";
import shop from "./shop.ts";

serve({ fetch: shop.fetch, port: Number(process.env.PORT ?? 4040), hostname: "127.0.0.1" }, ({ port }) =>
  console.log(`The shop is open at http://127.0.0.1:${port}`),
);
