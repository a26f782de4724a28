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
 * Resolves when the process is asked to end, by a deploy or a person. Ask before anything is opened: until somebody
 * listens, a signal ends the process where it stands.
 */
export async function askedToEnd(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  log("info", "ending");
}

/** Takes no more requests, and finishes those on their way. */
export async function stopServing(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Whether this process can do its work: for a load balancer, and for whoever is on call. */
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

/** What a request could not be answered for is logged, and told to nobody else. */
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
