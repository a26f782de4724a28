import { once } from "node:events";
import type { Server } from "node:http";
import type { ErrorRequestHandler, Express, RequestHandler } from "express";
import type { Pool } from "pg";
import { log, said } from "./log.ts";

/** Serves an app on the port that PORT or the default says, and logs where. */
export async function serve(app: Express, defaultPort: number): Promise<Server> {
  const { PORT, HOST = "127.0.0.1" } = process.env;
  const server = app.listen(Number(PORT ?? defaultPort), HOST);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : defaultPort;
  log("info", "listening", { url: `http://${HOST}:${port}` });
  return server;
}

/**
 * Resolves when a deploy or a person asks the process to end. Call it before anything is opened: without a listener, a
 * signal ends the process at once.
 */
export async function askedToEnd(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  log("info", "ending");
}

/** Accepts no more requests and finishes the open ones. */
export async function stopServing(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Whether this process can do its work, for load balancers and health checks. */
export function databaseHealth(pool: Pool): RequestHandler {
  return async (_request, response) => {
    try {
      await pool.query("SELECT 1");
      response.json({ ok: true });
    } catch (error) {
      log("error", "health.database", { error: said(error) });
      response.status(503).json({ ok: false });
    }
  };
}

/** Logs the error of a failed request. The response does not show it. */
export const failed: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error);
  const status = Number(error?.status) >= 400 && Number(error?.status) < 500 ? Number(error.status) : 500;
  log(status === 500 ? "error" : "info", "request.failed", {
    path: request.path,
    status,
    error: said(error),
  });
  response.status(status).send(status === 500 ? "Something broke. Please try again." : "That did not work.");
};
