import { once } from "node:events";
import { createShop } from "./shop.ts";
import { tracker } from "./tracker.ts"; // AvantLink

const { PORT = "4020", HOST = "127.0.0.1", DATABASE_PATH, SESSION_SECRET, TRUST_PROXY } = process.env;

const shop = createShop({
  tracker, // AvantLink
  databasePath: DATABASE_PATH ?? "shop.sqlite",
  sessionSecret: SESSION_SECRET || undefined,
  trustProxy: Number(TRUST_PROXY ?? 0),
});

const server = shop.app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  const address = server.address();
  const port = typeof address === "object" ? address?.port : PORT;
  console.log(`The shop is open at http://${HOST}:${port}`);
});
await tracker.start(); // AvantLink: goes on with what an earlier process left

await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);

// Every page on its way is finished first, since it may confirm an order; then every order is.
await new Promise((resolve) => server.close(resolve));
await tracker.close(); // AvantLink: delivers what is still waiting, for five seconds at most
shop.close();
