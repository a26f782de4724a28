import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { fetchTransport } from "../../../packages/core/src/delivery/fetch-transport.ts";
import { MAX_ANSWER_BYTES } from "../../../packages/core/src/delivery/transport.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function aReceiver(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  ends.push(end);
  const transport = fetchTransport({ loopback: true });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { post: (timeoutMs: number) => transport.post({ url, headers: {}, body: "{}", timeoutMs }), end };
}

const SUCCESS = '{"success": true}';

test.each([
  ["gzip", gzipSync(SUCCESS)],
  ["br", brotliCompressSync(SUCCESS)],
])("an answer that comes as %s is read", async (encoding, bytes) => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Encoding": encoding, "Retry-After": "7" }).end(bytes);
  });
  expect(await post(10_000)).toEqual({ status: 200, retryAfter: "7", body: SUCCESS });
});

test("no redirect is followed", async () => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    response.writeHead(307, { Location: "/elsewhere" }).end();
  });
  expect(await post(10_000)).toMatchObject({ status: 307 });
});

test("an answer that does not end in time may have arrived", async () => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    response.write("{");
  });
  await expect(post(50)).rejects.toMatchObject({
    message: "AvantLink did not answer within 50 ms",
    mayHaveArrived: true,
  });
});

test("a connection that breaks may have arrived", async () => {
  const { post } = await aReceiver((request) => request.socket.destroy());
  await expect(post(10_000)).rejects.toMatchObject({
    message: "The connection to AvantLink broke (UND_ERR_SOCKET)",
    mayHaveArrived: true,
  });
});

test("a refused connection is named, and nothing has arrived", async () => {
  const { post, end } = await aReceiver(() => {});
  await end();
  await expect(post(10_000)).rejects.toMatchObject({
    message: "Can't connect to AvantLink (ECONNREFUSED)",
    mayHaveArrived: false,
  });
});

test("of an answer that is too long only the beginning is read", async () => {
  const { post } = await aReceiver((request, response) => {
    request.resume();
    response.end("x".repeat(10 * MAX_ANSWER_BYTES));
  });
  expect((await post(10_000)).body.length).toBeLessThan(3 * MAX_ANSWER_BYTES);
});
