import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type Sandbox, SandboxError, startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, describe, expect, it } from "vitest";
import { clickBody, MERCHANT, orderBody, post, serverHeaders } from "./payloads.ts";

const OTHER_MERCHANT = "0b1f8c2e-1111-4222-8333-444455556667";

describe("starting", () => {
  it("takes a free port on 127.0.0.1, and its url has no slash at the end", async () => {
    const [one, other] = await Promise.all([startSandbox(), startSandbox()]);
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(other.url).not.toBe(one.url);
    await Promise.all([one.close(), other.close()]);
  });

  it.each(["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.1.example.com"])(
    "refuses a host that others can reach: %s",
    async (host) => {
      const error = await startSandbox({ host }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SandboxError);
      expect(error).toMatchObject({ code: "sandbox.host", message: expect.stringContaining(host) });
    },
  );

  it("says which option is wrong, and names every one", async () => {
    const started = startSandbox({ port: -1, maxRecord: 5 } as object);
    await expect(started).rejects.toMatchObject({
      code: "sandbox.options",
      message: expect.stringMatching(/port.*maxRecord/s),
    });
  });

  it("says that a port is taken, and what to do", async () => {
    const first = await startSandbox();
    const port = Number(new URL(first.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({
      code: "sandbox.port",
      message: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`),
    });
    await first.close();
  });
});

describe("closing", () => {
  it("may be done twice", async () => {
    const { url, close } = await startSandbox();
    await close();
    await close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it("frees the port", async () => {
    const sandbox = await startSandbox();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.close();
    const next = createServer();
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    expect((next.address() as AddressInfo).port).toBe(port);
    await new Promise((resolve) => next.close(resolve));
  });
});

describe("a request that was forgotten while its body was under way", () => {
  it.each<[string, (sandbox: Sandbox) => unknown]>([
    ["by a reset", (sandbox) => sandbox.reset()],
    ["to make room", (sandbox) => post(sandbox, "order", orderBody())],
  ])("is answered, and leaves nothing behind: %s", async (_, forget) => {
    const sandbox = await startSandbox({ maxRecords: 1 });
    const sending = request(`${sandbox.url}/merchants/${MERCHANT}/tracking/order`, {
      method: "POST",
      headers: serverHeaders,
    });
    sending.flushHeaders();
    await sandbox.waitForRequests(1);
    await forget(sandbox);
    const kept = [...sandbox.orders];
    sending.end(JSON.stringify(orderBody()));
    const [response] = await once(sending, "response");
    expect(response.statusCode).toBe(200);
    expect(sandbox.orders).toEqual(kept);
    expect(sandbox.requests).toHaveLength(kept.length);
    await sandbox.close();
  });
});

describe("waiting", async () => {
  const sandbox = await startSandbox();
  afterAll(() => sandbox.close());

  it("resolves with what arrived, before the answer is read", async () => {
    const waited = sandbox.waitForOrders(2);
    void post(sandbox, "order", orderBody());
    void post(sandbox, "order", orderBody());
    expect((await waited).map(({ id }) => id)).toEqual(["order-1", "order-2"]);
  });

  it("resolves at once when enough is there", async () => {
    await post(sandbox, "click", clickBody());
    expect(await sandbox.waitForClicks(1)).toHaveLength(1);
  });

  it("counts only what it is asked to count", async () => {
    const waited = sandbox.waitForOrders(1, { where: ({ merchantId }) => merchantId === OTHER_MERCHANT });
    await post(sandbox, "order", orderBody(), { merchantId: OTHER_MERCHANT });
    expect(await waited).toMatchObject([{ merchantId: OTHER_MERCHANT }]);
  });

  it("fails with what had arrived, so that the reader of a failed test knows more", async () => {
    await fetch(`${sandbox.url}/merchants/x/tracking/order`);
    await expect(sandbox.waitForOrders(9, { timeoutMs: 1 })).rejects.toThrow(
      /Waited 1 ms for 9 orders; 3 counted\..*GET \/merchants\/x\/tracking\/order: answered 405/s,
    );
  });

  it("fails at once when so much is never kept", async () => {
    await expect(sandbox.waitForOrders(20_001)).rejects.toThrow("larger maxRecords");
  });

  it("fails when the sandbox is closed meanwhile", async () => {
    const closed = await startSandbox();
    const waited = closed.waitForOrders(1);
    waited.catch(() => {});
    await closed.close();
    await expect(waited).rejects.toMatchObject({ code: "sandbox.closed" });
  });

  it("fails when its own question fails", async () => {
    const asked = sandbox.waitForOrders(1, {
      where: () => {
        throw new RangeError("mine");
      },
    });
    await expect(asked).rejects.toThrow("mine");
  });
});
