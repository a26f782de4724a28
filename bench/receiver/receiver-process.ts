// Stands in for AvantLink and for the endpoints of the peers, in a process of its own.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { serve } from "../child-process.ts";

/** How the receiver treats requests. With `refuses`, nobody listens on the port. */
export type Behavior = { readonly answersAfterMs: number } | "hangs" | "refuses";

/** What the receiver got since the last `forget`, counted by the order numbers in the bodies. */
export interface Arrivals {
  readonly requests: number;
  /** Different order numbers. */
  readonly orders: number;
  readonly repeated: number;
}

const ORDER_NUMBER = /"order_number":"([^"]+)"/g;

let behavior: Behavior = { answersAfterMs: 0 };
let numbers = new Set<string>();
let requests = 0;
let repeated = 0;
const hanging = new Set<ServerResponse>();

function record(request: IncomingMessage, chunks: readonly Buffer[]): void {
  requests += 1;
  const bytes = Buffer.concat(chunks);
  const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString(
    "latin1",
  );
  for (const [, number = ""] of text.matchAll(ORDER_NUMBER)) {
    if (numbers.has(number)) repeated += 1;
    else numbers.add(number);
  }
}

function answer(response: ServerResponse): void {
  response.setHeader("content-type", "application/json");
  response.end('{"success": true}');
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (behavior === "hangs" || behavior === "refuses") return void hanging.add(response);
    // A request that is never answered is not counted: AvantLink did not accept it.
    record(request, chunks);
    if (behavior.answersAfterMs === 0) answer(response);
    else setTimeout(answer, behavior.answersAfterMs, response);
  });
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
  arrivals: (): Arrivals => ({ requests, orders: numbers.size, repeated }),
  forget() {
    numbers = new Set();
    requests = 0;
    repeated = 0;
  },
};

export type ReceiverMethods = typeof methods;
serve(methods);
