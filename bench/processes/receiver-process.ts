// Stands in for AvantLink and for the endpoints of the peers, in a process of its own. It gives the sandbox's answers and
// keeps one byte an order, where the sandbox keeps every request: gigabytes in an hour of Black Friday.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { serve } from "../frame/remote.ts";

/** How the receiver treats requests. With `refuses`, nothing listens on the port; `busy` answers 429. */
export type Behavior =
  | { readonly answersAfterMs: number }
  | { readonly busy: { readonly retryAfterSeconds: number } }
  | "hangs"
  | "refuses";

/** The orders that were answered with success since the last `forget`. */
export interface Arrivals {
  /** Different order numbers. */
  readonly orders: number;
  /** Success answers beyond the first of an order. */
  readonly doubled: number;
}

// Each order number of the bench ends in its own digits.
const ORDER_NUMBER = /"order_number":"[A-Z]+(\d+)"/g;

let behavior: Behavior = { answersAfterMs: 0 };
let answered = new Uint8Array(1 << 16);
let orders = 0;
let doubled = 0;
const hanging = new Set<ServerResponse>();

function record(number: number): void {
  if (number >= answered.length) {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(number + 1)));
    larger.set(answered);
    answered = larger;
  }
  if (answered[number]) doubled += 1;
  else orders += 1;
  answered[number] = 1;
}

function succeed(response: ServerResponse, body: Buffer): void {
  if (response.socket?.destroyed !== false) return;
  const text = response.req.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  for (const [, digits] of text.toString("latin1").matchAll(ORDER_NUMBER)) record(Number(digits));
  response.writeHead(200, { "content-type": "application/json" }).end('{"success": true}');
}

function answer(response: ServerResponse, body: Buffer): void {
  if (behavior === "hangs" || behavior === "refuses") hanging.add(response);
  else if ("busy" in behavior) {
    response.writeHead(429, {
      "content-type": "application/json",
      "retry-after": `${behavior.busy.retryAfterSeconds}`,
    });
    response.end('{"error": "Too many requests.", "error_key": "sandbox.fault"}');
  } else if (behavior.answersAfterMs === 0) succeed(response, body);
  else setTimeout(succeed, behavior.answersAfterMs, response, body);
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => answer(response, Buffer.concat(chunks)));
});
server.on("clientError", (_, socket) => socket.destroy());

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const port = await listen(0);

const methods = {
  port: () => port,
  async behave(next: Behavior) {
    behavior = next;
    for (const response of hanging) response.destroy();
    hanging.clear();
    if (next === "refuses") {
      server.close();
      server.closeAllConnections();
    } else if (!server.listening) await listen(port);
  },
  arrivals: (): Arrivals => ({ orders, doubled }),
  /** The numbers from 0 to below `below` that were never answered with success. */
  missing: (below: number) =>
    Array.from({ length: below }, (_, number) => number).filter((number) => !answered[number]),
  forget() {
    answered = new Uint8Array(1 << 16);
    orders = 0;
    doubled = 0;
  },
};

export type ReceiverMethods = typeof methods;
serve(methods);
