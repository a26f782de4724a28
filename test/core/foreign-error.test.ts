import { inspect } from "node:util";
import { AvantLinkError } from "@avantlink-s2s/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { outboxError, unexpectedError } from "../../packages/core/src/errors.ts";
import { cleanLine, codeOf, describeForeign } from "../../packages/core/src/foreign-error.ts";
import { hookError } from "../../packages/core/src/reporting/report.ts";

/** As ioredis makes one: the command's arguments hang on the error. */
function aRedisError(message: string, ...args: string[]) {
  return Object.assign(new Error(message), { name: "ReplyError", command: { name: args[0], args } });
}

test.each([
  ["WRONGPASS invalid username-password pair or user is disabled.", "AUTH", "default", "hunter2"],
  ["OOM command not allowed when used memory > 'maxmemory'.", "EVALSHA", '{"user_agent":"hunter2"}'],
])("an outbox's error keeps the engine's words and nothing of what it was sent: %s", (message, ...args) => {
  const error = outboxError(aRedisError(message, ...args));
  expect(error.code).toBe("outbox.unavailable");
  expect(error.message).toContain(message);
  expect(error.cause).toMatchObject({ name: "ReplyError", message });
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/hunter2|AUTH|EVALSHA/);
});

test("no error of ours, however it is made, hands on the object that was thrown", () => {
  const thrown = aRedisError("READONLY", "SET", "hunter2");
  for (const error of [
    new AvantLinkError("outbox.stalled", { cause: thrown }),
    outboxError(thrown),
    unexpectedError(thrown),
    hookError("consent", thrown),
  ]) {
    expect(error.cause).not.toBe(thrown);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain("hunter2");
  }
});

test("an error of ours that is the cause of another stays whole", () => {
  const first = new AvantLinkError("outbox.unfit", { detail: "The file is read-only." });
  expect(new AvantLinkError("unexpected", { cause: first }).cause).toBe(first);
  expect(outboxError(first)).toBe(first);
});

test("the places in the code that an error came through are kept, and no further line of its message", () => {
  const { cause } = hookError("resolveOrder", new Error("first\n    at jane@doe.com\nlast"));
  const { stack = "" } = cause as Error;
  expect(stack).toMatch(/^Error: first\n {4}at .*foreign-error\.test\.ts/);
  expect(stack).not.toContain("jane");
});

test.each([
  ["connect ENOENT redis//:hunter2@queue.internal:6379", "connect ENOENT redis//[removed]"],
  ["Invalid URL: redis://:p w@host", "Invalid URL: redis://[removed]"],
  ["no account for jane@doe.com", "no account for [removed]"],
  ["no account for jane%40doe.com, sorry", "no account for [removed] sorry"],
  ["GET https://shop.example/me?token=77f3 failed", "GET https://shop.example/me failed"],
  ["bad header eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln", "bad header [removed]"],
  ["password=hunter2 host=db", "password=[removed]"],
  ['Unexpected token J, "Jane Doe" is not valid JSON', "The text is not valid JSON"],
  ['invalid input syntax for type uuid: "Jane Doe, Utah"', 'invalid input syntax for type uuid: "[removed]"'],
  ["Duplicate entry 'Jane Doe' for key 'name'", "Duplicate entry '[removed]' for key 'name'"],
  ["call +1 (801) 555-0123 0", "call [removed]"],
  ["first line\nsecond line", "first line"],
  ['cannot insert {"current_url":"https://shop.example/","avad":"77_f3"}', "cannot insert [removed]"],
  ["cannot insert [{ 'name': 'Jane' }]", "cannot insert [removed]"],
  [
    "\n\nInvalid `prisma.order.create()` invocation:\n{ name: ... }",
    "Invalid `prisma.order.create()` invocation:",
  ],
  [
    "Cannot read properties of undefined (reading 'id')",
    "Cannot read properties of undefined (reading 'id')",
  ],
  ['column "order" does not exist', 'column "order" does not exist'],
  ["connect ECONNREFUSED 127.0.0.1:6379", "connect ECONNREFUSED 127.0.0.1:6379"],
  ["you can't do that, it's closed", "you can't do that, it's closed"],
])("of the message %j the line %j is shown", (message, line) => {
  expect(cleanLine(message)).toBe(line);
});

test.each([
  [
    new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }),
    "TypeError: fetch failed (ECONNREFUSED)",
  ],
  [
    new AggregateError([Object.assign(new Error("connect ECONNREFUSED ::1:80"), { code: "ECONNREFUSED" })]),
    "AggregateError: connect ECONNREFUSED ::1:80",
  ],
  ["jane@doe.com", "string: [removed]"],
  [undefined, "undefined"],
  [{ status: 404 }, "Object"],
])("%o is described as %j", (thrown, line) => {
  expect(describeForeign(thrown)).toBe(line);
});

test("a thrown object whose properties throw in turn is described by its kind", () => {
  const hostile = {
    get message() {
      throw new Error("hunter2");
    },
  };
  expect(describeForeign(hostile)).toBe("Object");
});

test("errors that are each other's cause end", () => {
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  expect(codeOf(first)).toBe("");
  expect(describeForeign(first)).toBe("Error: first");
});

test("a cleaned line is one line of at most some 200 characters, without an e-mail address, whatever was thrown", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.emailAddress(),
      fc.string({ unit: "binary" }),
      (a, email, b) => {
        const line = cleanLine(`${a} ${email} ${b}`);
        expect(line.length).toBeLessThanOrEqual(201);
        expect(line).not.toMatch(/[\r\n]/);
        expect(line).not.toContain(email);
      },
    ),
  );
});
