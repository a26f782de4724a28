import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { LONGEST_ANSWER, TransportError } from "../../../packages/core/src/delivery/transport.ts";
import { undiciTransport } from "../../../packages/core/src/delivery/undici-transport.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function aReceiver(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const transport = undiciTransport({ connections: 1, loopback: true });
  ends.push(() => transport.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/merchants/m/tracking/order`;
  const post = (timeoutMs: number, body = "{}") => transport.post({ url, headers: {}, body, timeoutMs });
  return { server, post };
}

test("an answer that keeps coming without an end is none", async () => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    const dripping = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(dripping));
  });
  const error = await post(100).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ message: "No complete answer within 100 ms", maybeTaken: true });
});

test("of an answer that is too long the beginning is read, and its connection is let go of", async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const { post } = await aReceiver((request, response) => {
    request.resume();
    closed = once(response, "close");
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(16_384)));
    };
    response.on("drain", more);
    more();
  });
  const answer = await post(10_000);
  expect(answer.body).toHaveLength(LONGEST_ANSWER);
  await closed;
});

test("a request that waited for its connection until it was too late is not sent any more", async () => {
  const bodies: string[] = [];
  let hanging = Promise.withResolvers<() => void>();
  const { post } = await aReceiver(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    hanging.resolve(() => response.end("{}"));
  });
  const first = post(10_000, "first");
  const answerFirst = await hanging.promise;
  const second = await post(20, "second").catch((cause: unknown) => cause);
  expect(second).toMatchObject({ message: "No complete answer within 20 ms" });

  answerFirst();
  await first;
  hanging = Promise.withResolvers();
  const third = post(10_000, "third");
  (await hanging.promise)();
  await third;
  expect(bodies).toEqual(["first", "third"]);
});

test("the answer's status, body and Retry-After are handed on as they came", async () => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    response.writeEarlyHints({ link: "</shop.css>; rel=preload" });
    response.writeHead(429, { "Retry-After": "7" }).end("später");
  });
  expect(await post(10_000)).toEqual({ status: 429, retryAfter: "7", body: "später" });
});
