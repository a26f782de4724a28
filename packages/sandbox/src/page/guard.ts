import type { IncomingMessage } from "node:http";
import { isLoopback } from "../options.ts";

/** The header that only the page's own script sends: a stranger's page cannot without asking first, and is not answered. */
const CONTROL_HEADER = "x-avantlink-sandbox";

/**
 * Why a request to the page is refused, if it is. The Host must be this machine's, or a stranger's page could reach
 * us under a name of its own that it points at 127.0.0.1.
 */
export function refusalOf(request: IncomingMessage): string | undefined {
  const host = request.headers.host ?? "";
  if (!isLoopback(host.replace(/:\d+$/, "")))
    return "The sandbox's page answers under this machine's own names only.";
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return "Another site may not speak to the sandbox.";
  const site = request.headers["sec-fetch-site"];
  const navigation = request.headers["sec-fetch-mode"] === "navigate" && request.method === "GET";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !navigation) {
    return "Another site may not speak to the sandbox.";
  }
  if (
    request.method !== "GET" &&
    request.method !== "HEAD" &&
    request.headers[CONTROL_HEADER] === undefined
  ) {
    return `A change needs the header ${CONTROL_HEADER}.`;
  }
  return undefined;
}
