import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An answer that is passed on. */
export interface Passed {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Something that stands in front of a shop. */
export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers each request as it sees fit; `pass` asks the shop. */
export type Answer = (incoming: IncomingMessage, pass: () => Promise<Passed>) => Promise<Passed>;

/** Stands in front of a shop, on loopback. */
export async function standInFrontOf(shop: string, answer: Answer): Promise<Front> {
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    answer(incoming, () => ask(shop, incoming)).then(
      ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
      () => outgoing.destroy(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function ask(shop: string, incoming: IncomingMessage): Promise<Passed> {
  const { hostname, port } = new URL(shop);
  const { method, url, headers } = incoming;
  const asked = request({
    hostname,
    port,
    path: url,
    method,
    headers: { ...headers, "accept-encoding": "identity" },
  });
  incoming.pipe(asked);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once("response", resolve).once("error", reject);
  });
  const body = await buffer(response);
  const { "transfer-encoding": _chunked, "content-length": _length, ...passed } = response.headers;
  return { status: response.statusCode ?? 0, headers: passed, body };
}
