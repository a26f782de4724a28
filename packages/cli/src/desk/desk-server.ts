import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { foreignRequest, type PageSource, servePage } from "@avantlink-s2s/sandbox/page";
import { CommandError, EXIT } from "../exit-codes.ts";
import { reasonOf } from "../files/read-file.ts";

/** A desk that listens. */
export interface Desk {
  /** The address holds the token: it is enough to read the outbox. */
  readonly url: string;
  close(): Promise<void>;
}

const TOKEN_BYTES = 24;

/** Serves the page on loopback, behind a random token that each start chooses anew. */
export async function startDesk(source: PageSource, port: number): Promise<Desk> {
  const base = `/${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url ?? "/";
    const refused = foreignRequest(request);
    if (refused !== undefined) response.writeHead(403).end(`${refused}\n`);
    else if (!isSame(path.slice(0, base.length), base) || path[base.length] !== "/")
      response.writeHead(404).end("Open the whole address that the command printed, with its token.\n");
    else void servePage(source, request, response, path.slice(base.length));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((cause: unknown) => {
    throw new CommandError(
      EXIT.unreachable,
      `The desk can't listen on port ${port} (${reasonOf(cause)}).`,
      "Use --port with another port, or leave it out for a free one.",
      cause,
    );
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}/`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
