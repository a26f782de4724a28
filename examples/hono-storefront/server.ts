import { serve } from "@hono/node-server";
import shop, { tracker } from "./shop.ts"; // AvantLink: the tracker

const server = serve(
  { fetch: shop.fetch, port: Number(process.env.PORT ?? 4040), hostname: "127.0.0.1" },
  ({ port }) => console.log(`The shop is open at http://127.0.0.1:${port}`),
);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => tracker.close()); // AvantLink: delivers what is waiting, for five seconds at most
  });
}
