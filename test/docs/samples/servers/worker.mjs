import { createServer } from "node:http";
import { openTracker, pool } from "./tracker.mjs";

const tracker = openTracker(true);
await tracker.start();

// For the load balancer; it also keeps the process running.
const server = createServer(async (_, res) => {
  const { mode, totals } = await tracker.health();
  res.writeHead(mode === "live" && totals ? 200 : 503).end();
}).listen(3001);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    server.close();
    await tracker.close();
    await pool.end();
  });
}
