import { expect, test } from "vitest";
import { sameOutbox } from "../../../packages/cli/src/options/outbox-options.ts";

test.each([
  ["postgres://shop:se.cret@db.prod/shop", "'postgres://shop:***@db.prod/shop'"],
  ["postgres://shop:se/cr@et@db.prod:5432/shop", "'postgres://shop:***@db.prod:5432/shop'"],
  ["postgres://shop:se?c#r@et@db.prod/shop", "'postgres://shop:***@db.prod/shop'"],
  ["postgres://my%40shop:secret@db.prod/shop", "'postgres://my%40shop:***@db.prod/shop'"],
  ["postgres://shop@db.prod/shop?sslmode=require", "'postgres://shop@db.prod/shop?sslmode=require'"],
  ["postgres://shop@db.prod/shop?password=se@cret", "'postgres://shop@db.prod/shop?password=***'"],
  ["postgres://a:b@h/shop?application_name=me@x", "'postgres://a:***@h/shop?application_name=me@x'"],
  ["postgres://db.prod/shop?user=shop&password=secret", "'postgres://db.prod/shop?user=shop&password=***'"],
  ["postgres://db.prod/shop", "postgres://db.prod/shop"],
])("a printed command names %s, and no secret in it", (postgres, shown) => {
  expect(sameOutbox({ postgres })).toBe(` --postgres ${shown}`);
});

test("a printed command shows no password that stands in a Redis's address without a colon", () => {
  expect(sameOutbox({ redis: "redis://secret@redis.prod:6379" })).toBe(
    " --redis 'redis://***@redis.prod:6379'",
  );
});

test("a printed command names a Redis with a password, and its queue", () => {
  const given = { redis: "redis://:secret@redis.prod:6379", queue: "eu" };
  expect(sameOutbox(given)).toBe(" --redis 'redis://:***@redis.prod:6379' --queue eu");
});
