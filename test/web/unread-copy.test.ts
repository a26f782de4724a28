import { describe, expect, test } from "vitest";
import { MAX_KEPT_BODY } from "../../packages/web/src/kept-body.ts";
import { plainCopy, unreadRequest, unreadResponse } from "../../packages/web/src/unread-copy.ts";

const CHUNK = new Uint8Array(64 * 1024).fill(97);

/** A body of so many bytes, made only when they are read. */
function body(bytes: number) {
  let made = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (made >= bytes) return controller.close();
        made += CHUNK.byteLength;
        controller.enqueue(CHUNK);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, made: () => made };
}

const posted = (stream: ReadableStream) =>
  new Request("http://localhost:3000/thank-you?order=1", { method: "POST", body: stream, duplex: "half" });

const lengthOf = async (message: Request | Response) => (await message.text()).length;

const MESSAGES = {
  request: (stream: ReadableStream) => {
    const message = posted(stream);
    return { message, copy: unreadRequest(message, "POST", plainCopy) };
  },
  response: (stream: ReadableStream) => {
    const message = new Response(stream);
    return { message, copy: unreadResponse(message) };
  },
};

describe.each(["request", "response"] as const)("the copy of a %s", (kind) => {
  test("holds what the original holds, in whichever order they are read", async () => {
    const { message, copy } = MESSAGES[kind](new Response("LL-10001").body ?? body(0).stream);
    expect(await message.text()).toBe("LL-10001");
    expect(await copy.message.text()).toBe("LL-10001");
  });

  test("drops a body that is too large and says so; the original keeps it whole", async () => {
    const { message, copy } = MESSAGES[kind](body(8 * MAX_KEPT_BODY).stream);
    expect(await lengthOf(message)).toBe(8 * MAX_KEPT_BODY);
    await expect(lengthOf(copy.message)).rejects.toThrowError(/larger than 1048576 bytes/);
  });

  test("reads no more than it keeps of a body that nobody reads", async () => {
    const { stream, made } = body(64 * MAX_KEPT_BODY);
    const { copy } = MESSAGES[kind](stream);
    await expect(lengthOf(copy.message)).rejects.toThrowError(/larger/);
    expect(made()).toBeLessThanOrEqual(MAX_KEPT_BODY + 4 * CHUNK.byteLength);
  });

  test("fails as the original does when the body breaks off", async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("the shopper left"));
      },
    });
    const { message, copy } = MESSAGES[kind](broken);
    await expect(message.text()).rejects.toThrowError("the shopper left");
    await expect(copy.message.text()).rejects.toThrowError("the shopper left");
  });

  test("costs the original nothing when it is discarded", async () => {
    const { message, copy } = MESSAGES[kind](body(2 * CHUNK.byteLength).stream);
    copy.discard();
    expect(await lengthOf(message)).toBe(2 * CHUNK.byteLength);
  });
});

test("a plain request's copy is a plain one", async () => {
  const plain = new Request("http://localhost/thank-you", { method: "POST", body: "LL-10001" });
  const { message } = unreadRequest(plain, "POST", plainCopy);
  expect([message.url, message.method, await message.text()]).toEqual([plain.url, "POST", "LL-10001"]);
  expect(plain.bodyUsed).toBe(false);
});

test("a request that confirms no order keeps its body to itself", () => {
  const message = new Request("http://localhost/", { method: "PUT", body: "a", duplex: "half" });
  expect(unreadRequest(message, "PUT", plainCopy).message).toBe(message);
});

test("what cannot be copied any more is left as it is", () => {
  const locked = posted(body(1).stream);
  locked.body?.getReader();
  expect(unreadRequest(locked, "POST", plainCopy).message).toBe(locked);
  const streamed = new Response(body(1).stream, { status: 201 });
  streamed.body?.getReader();
  expect(unreadResponse(streamed).message).toMatchObject({ status: 201, body: null });
});
