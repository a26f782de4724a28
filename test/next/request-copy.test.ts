import { unreadRequest } from "@avantlink-s2s/web/adapter";
import { NextRequest } from "next/server.js";
import { expect, test } from "vitest";
import { requestCopy } from "../../packages/next/src/request-copy.ts";

test("a request's copy is one of Next's own, with its cookies and its address", async () => {
  const posted = new NextRequest("http://localhost:3000/shop/thank-you/?order=1", {
    method: "POST",
    headers: { cookie: "sid=1" },
    body: "LL-10001",
  });
  const { message } = unreadRequest(posted, "POST", requestCopy);
  expect(message.cookies.get("sid")?.value).toBe("1");
  expect(message.nextUrl.searchParams.get("order")).toBe("1");
  expect([await message.text(), await posted.text()]).toEqual(["LL-10001", "LL-10001"]);
});

test("a plain request's copy is a plain one", async () => {
  const plain = new Request("http://localhost/thank-you", { method: "POST", body: "LL-10001" });
  const { message } = unreadRequest(plain, "POST", requestCopy);
  expect(message).not.toBeInstanceOf(NextRequest);
  expect(await message.text()).toBe("LL-10001");
});
