import { expect, test } from "vitest";
import { readConfig } from "../../../packages/core/src/options/config.ts";
import { readableEnvironment } from "../../../packages/core/src/options/environment.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

/** As Deno has it without --allow-env: every variable is there, and none may be read. */
const forbidden = new Proxy<Record<string, string>>(
  {},
  {
    get(_, name) {
      throw Object.assign(new Error(`Requires env access to "${String(name)}"`), { name: "NotCapable" });
    },
  },
);

test("a variable that may not be read counts as not set", () => {
  expect(readableEnvironment(forbidden).AVANTLINK_ENDPOINT).toBeUndefined();
  expect(readConfig({ merchantId: MERCHANT_ID }, readableEnvironment(forbidden))).toMatchObject({
    endpoint: "https://client.avantlink.com",
  });
});

test("where there is no environment, what the bundler wrote is read", () => {
  const environment = readableEnvironment(undefined, { NODE_ENV: "production" });
  expect([environment.NODE_ENV, environment.OTHER]).toEqual(["production", undefined]);
});

test("the environment's own value goes before the bundler's, and is read anew each time", () => {
  const env: Record<string, string> = { NODE_ENV: "test" };
  const environment = readableEnvironment(env, { NODE_ENV: "production" });
  expect(environment.NODE_ENV).toBe("test");
  env.NODE_ENV = "development";
  expect(environment.NODE_ENV).toBe("development");
});
