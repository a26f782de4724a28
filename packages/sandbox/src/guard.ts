import type { IncomingMessage } from "node:http";
import { isLoopback } from "./options.ts";

/** The page's own script sends this header. Another site's page can't without a preflight, which is not answered. */
const CONTROL_HEADER = "x-avantlink-sandbox";

/**
 * Why a request is refused because of where it comes from, whatever it asks for. The Host must name this machine, or
 * another site's page could reach the sandbox under a name of its own that it points at 127.0.0.1.
 */
export function foreignRequest(request: IncomingMessage): string | undefined {
  const { host = "", origin } = request.headers;
  if (!isLoopback(host.replace(/:\d+$/, "")))
    return "This server answers under this machine's own names only: localhost, 127.0.0.1 or [::1].";
  if (origin !== undefined && origin !== `http://${host}`) return "Another site may not use this server.";
  return undefined;
}

/** Why a request to the page is refused. */
export function refusedByPage({ method, headers }: IncomingMessage): string | undefined {
  const site = headers["sec-fetch-site"];
  const navigation = headers["sec-fetch-mode"] === "navigate" && method === "GET";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !navigation)
    return "Another site may not use this server.";
  if (method !== "GET" && method !== "HEAD" && headers[CONTROL_HEADER] === undefined)
    return `A change needs the header ${CONTROL_HEADER}.`;
  return undefined;
}
