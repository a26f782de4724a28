import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { readAnswer } from "../../../packages/core/src/delivery/answer.ts";
import { MAX_ANSWER_BYTES, TransportError } from "../../../packages/core/src/delivery/transport.ts";
import { loadUndici, undiciTransport } from "../../../packages/core/src/delivery/undici-transport.ts";

const undici = await loadUndici();

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function aClient(port: number) {
  const transport = undiciTransport(undici, { loopback: true });
  ends.push(() => transport.close());
  const url = `http://127.0.0.1:${port}/merchants/m/tracking/order`;
  return (timeoutMs: number, body = "{}") => transport.post({ url, headers: {}, body, timeoutMs });
}

async function aReceiver(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return aClient((server.address() as AddressInfo).port);
}

/** A server that writes what it likes to every connection, once something has come. */
async function aRawReceiver(answer: (socket: Socket, data: Buffer) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => answer(socket, data));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return aClient((server.address() as AddressInfo).port);
}

const failed = (posting: Promise<unknown>) =>
  posting.then(
    () => expect.unreachable("it was answered"),
    (error: unknown) => error,
  );

test("an answer that keeps coming without an end is none", async () => {
  const post = await aReceiver((request, response) => {
    request.resume();
    const dripping = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(dripping));
  });
  const error = await failed(post(1_000));
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ message: "AvantLink did not answer within 1000 ms", mayHaveArrived: true });
});

test("of an answer that is too long the beginning is read, and its connection is let go of", async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const post = await aReceiver((request, response) => {
    request.resume();
    closed = once(response, "close");
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(16_384)));
    };
    response.on("drain", more);
    more();
  });
  const answer = await post(10_000);
  expect(answer.body).toHaveLength(MAX_ANSWER_BYTES);
  await closed;
});

test("the answer's status, body and Retry-After are handed on as they came", async () => {
  const post = await aReceiver((request, response) => {
    request.resume();
    response.writeEarlyHints({ link: "</shop.css>; rel=preload" });
    response.writeHead(429, { "Retry-After": "7" }).end("später");
  });
  expect(await post(10_000)).toEqual({ status: 429, retryAfter: "7", body: "später" });
});

test("of a header that came twice the first counts", async () => {
  const post = await aReceiver((request, response) => {
    request.resume();
    response.writeHead(503, { "Retry-After": ["7", "9"] }).end();
  });
  expect(await post(10_000)).toMatchObject({ status: 503, retryAfter: "7" });
});

const SUCCESS = '{"success": true}';

test.each([
  ["gzip", gzipSync(SUCCESS)],
  ["GZIP", gzipSync(SUCCESS)],
  ["x-gzip", gzipSync(SUCCESS)],
  ["deflate", deflateSync(SUCCESS)],
  ["deflate", deflateRawSync(SUCCESS)],
  ["br", brotliCompressSync(SUCCESS)],
  ["gzip, br", brotliCompressSync(gzipSync(SUCCESS))],
  ["identity", Buffer.from(SUCCESS)],
  ["gzip", gzipSync(`\uFEFF${SUCCESS}`)],
])("a success that comes as %s without being asked for is a delivery", async (encoding, bytes) => {
  const post = await aReceiver((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Encoding": encoding }).end(bytes);
  });
  expect(readAnswer(await post(10_000))).toEqual({ kind: "delivered" });
});

test.each([
  ["no gzip at all", Buffer.from(SUCCESS)],
  ["longer unpacked than is read", gzipSync(Buffer.alloc(100_000_000, " "))],
])("a packed answer that is %s has no text", async (_, bytes) => {
  const post = await aReceiver((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(bytes);
  });
  expect(await post(10_000)).toMatchObject({ status: 200, body: "" });
});

const OK = `HTTP/1.1 200 OK\r\nContent-Length: ${SUCCESS.length}\r\n\r\n${SUCCESS}`;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

test.each([
  ["in one piece", [CONTINUE + OK]],
  ["in two pieces", [CONTINUE, OK]],
  ["twice", [CONTINUE + CONTINUE, OK]],
  ["with headers", ["HTTP/1.1 100 Continue\r\nServer: x\r\n\r\n", OK]],
])("an answer after an unrequested 100 Continue, %s, is read", async (_, pieces) => {
  const post = await aRawReceiver((socket) => {
    const [first = "", ...rest] = pieces;
    socket.write(first, () => setImmediate(() => socket.write(rest.join(""))));
  });
  expect(await post(10_000)).toMatchObject({ status: 200, body: SUCCESS });
  // The connection is good for the next one.
  expect(await post(10_000)).toMatchObject({ status: 200, body: SUCCESS });
});

test("a request whose connection was refused did not arrive", async () => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await failed(aClient(port)(10_000))).toMatchObject({
    message: "Can't connect to AvantLink (ECONNREFUSED)",
    mayHaveArrived: false,
  });
});

test("no request waits for another's connection, so that its time is its own", async () => {
  const hanging: (() => void)[] = [];
  const post = await aReceiver((request, response) => {
    request.resume();
    hanging.push(() => void response.end(SUCCESS));
  });
  const posting = Array.from({ length: 30 }, () => post(10_000));
  await expect.poll(() => hanging.length).toBe(30);
  for (const answer of hanging) answer();
  for (const answer of await Promise.all(posting)) expect(answer.body).toBe(SUCCESS);
});

test("a request may have arrived once its first byte was written", async () => {
  const post = await aRawReceiver((socket) => socket.destroy());
  const error = await failed(post(10_000));
  expect(error).toMatchObject({ mayHaveArrived: true });
  expect(String(error)).toMatch(/^TransportError: The connection to AvantLink broke \(\w+\)$/);
});

test("a request that was abandoned before its connection was there is not sent, and did not arrive", async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end(SUCCESS);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  let letConnect = () => {};
  const slowly = {
    ...undici,
    buildConnector: (options?: Parameters<typeof undici.buildConnector>[0]) => {
      const connect = undici.buildConnector(options);
      return (...given: Parameters<typeof connect>) => {
        letConnect = () => void connect(...given);
      };
    },
  };
  const transport = undiciTransport(slowly, { loopback: true });
  ends.push(() => transport.close());
  const url = `http://127.0.0.1:${port}/`;
  const post = (timeoutMs: number, body: string) => transport.post({ url, headers: {}, body, timeoutMs });
  expect(await failed(post(20, "first"))).toMatchObject({
    message: "No connection to AvantLink within 20 ms",
    mayHaveArrived: false,
  });
  const second = post(10_000, "second");
  letConnect();
  await expect.poll(() => bodies.length).toBe(1);
  await second;
  expect(bodies).toEqual(["second"]);
});

test("a proxy that wants a password is named, and nothing has arrived", async () => {
  const proxy = createServer().on("connect", (_, socket) => {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  ends.push(() => proxy.close());
  const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  class Proxied extends undici.EnvHttpProxyAgent {
    constructor(options?: ConstructorParameters<typeof undici.EnvHttpProxyAgent>[0]) {
      super({ ...options, httpsProxy: through });
    }
  }
  const transport = undiciTransport({ ...undici, EnvHttpProxyAgent: Proxied }, { loopback: false });
  ends.push(() => transport.close());
  const url = "https://client.avantlink.invalid/merchants/m/tracking/order";
  expect(await failed(transport.post({ url, headers: {}, body: "{}", timeoutMs: 10_000 }))).toMatchObject({
    message: expect.stringMatching(/^The proxy requires authentication \(407\): .*HTTPS_PROXY/),
    mayHaveArrived: false,
  });
});
