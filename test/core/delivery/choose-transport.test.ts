import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { chooseTransport, loadUndici } from "../../../packages/core/src/delivery/undici-transport.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const undici = await loadUndici();
/** As the module that Bun puts in undici's place: the same names, and no agent that dispatches. */
const substitute = { ...undici, Agent: class {}, EnvHttpProxyAgent: class {} };

type Case = [title: string, load: () => Promise<unknown>, byFetch: boolean, readVariable?: () => unknown];

test.each<Case>([
  ["undici's requests where it dispatches", async () => undici, false],
  ["fetch where undici's agent cannot dispatch", async () => substitute, true],
  ["fetch where there is no undici", () => Promise.reject(new Error("not found")), true],
  ["fetch where the module is empty", async () => ({}), true],
  ["fetch where the environment may not be read", async () => undici, true, () => expect.unreachable()],
])("posts are %s", async (_, load, byFetch, readVariable = () => undefined) => {
  const server = createServer((request, response) => {
    request.resume();
    // Only fetch names a mode of its own accord.
    response.end(JSON.stringify({ byFetch: request.headers["sec-fetch-mode"] !== undefined }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const transport = chooseTransport(load, readVariable)({ loopback: true });
  ends.push(
    () => server.close(),
    () => transport.close(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const answer = await transport.post({ url, headers: {}, body: "{}", timeoutMs: 10_000 });
  expect(JSON.parse(answer.body)).toEqual({ byFetch });
});

test("a transport that never posted closes without loading anything", async () => {
  const transport = chooseTransport(() => expect.unreachable("it was loaded"))({ loopback: true });
  await transport.close();
});
