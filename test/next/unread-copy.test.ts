import { NextRequest } from "next/server.js";
import { describe, expect, test } from "vitest";
import { MAX_KEPT } from "../../packages/next/src/kept-body.ts";
import { unreadRequest, unreadResponse } from "../../packages/next/src/unread-copy.ts";

const CHUNK = new Uint8Array(64 * 1024).fill(97);

/** A body of this many bytes, which are made only when they are read. */
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
  new NextRequest("http://localhost:3000/thank-you?order=1", {
    method: "POST",
    headers: { cookie: "sid=1" },
    body: stream,
    duplex: "half",
  } as ConstructorParameters<typeof NextRequest>[1]);

const lengthOf = async (message: Request | Response) => (await message.text()).length;

const MESSAGES = {
  request: (stream: ReadableStream) => {
    const message = posted(stream);
    return { message, copy: unreadRequest(message, "POST") };
  },
  response: (stream: ReadableStream) => {
    const message = new Response(stream);
    return { message, copy: unreadResponse(message) };
  },
};

describe.each(["request", "response"] as const)("the copy of a %s", (kind) => {
  test("has the same content as the original, in either order of reading", async () => {
    const { message, copy } = MESSAGES[kind](new Response("LL-10001").body ?? body(0).stream);
    expect(await message.text()).toBe("LL-10001");
    expect(await copy.message.text()).toBe("LL-10001");
  });

  test("drops a body that is too large, with an error; the original has the whole body", async () => {
    const { message, copy } = MESSAGES[kind](body(8 * MAX_KEPT).stream);
    expect(await lengthOf(message)).toBe(8 * MAX_KEPT);
    await expect(lengthOf(copy.message)).rejects.toThrowError(/larger than 1048576 bytes/);
  });

  test("reads no more of an unread body than it keeps", async () => {
    const { stream, made } = body(64 * MAX_KEPT);
    const { copy } = MESSAGES[kind](stream);
    await expect(lengthOf(copy.message)).rejects.toThrowError(/larger/);
    expect(made()).toBeLessThanOrEqual(MAX_KEPT + 4 * CHUNK.byteLength);
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

  test("costs the other one nothing when it is discarded", async () => {
    const { message, copy } = MESSAGES[kind](body(2 * CHUNK.byteLength).stream);
    copy.discard();
    expect(await lengthOf(message)).toBe(2 * CHUNK.byteLength);
  });
});

test("a request's copy is one of Next's own, with its cookies and its address", () => {
  const { message } = unreadRequest(posted(body(1).stream), "POST");
  expect(message.cookies.get("sid")?.value).toBe("1");
  expect(message.nextUrl.searchParams.get("order")).toBe("1");
});

test("a plain request's copy is a plain one", async () => {
  const plain = new Request("http://localhost/thank-you", { method: "POST", body: "LL-10001" });
  const { message } = unreadRequest(plain, "POST");
  expect([message.url, message.method, await message.text()]).toEqual([plain.url, "POST", "LL-10001"]);
  expect(plain.bodyUsed).toBe(false);
});

test("what cannot be copied any more is left as it is", () => {
  const locked = posted(body(1).stream);
  locked.body?.getReader();
  expect(unreadRequest(locked, "POST").message).toBe(locked);
  const streamed = new Response(body(1).stream, { status: 201 });
  streamed.body?.getReader();
  expect(unreadResponse(streamed).message).toMatchObject({ status: 201, body: null });
});
