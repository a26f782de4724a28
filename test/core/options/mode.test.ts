import { describe, expect, test } from "vitest";
import type { Environment } from "../../../packages/core/src/options/environment.ts";
import { readMode } from "../../../packages/core/src/options/mode.ts";

const mode = (env: Environment, given?: "live" | "dry-run", loopback = false) =>
  readMode({ given, loopback, env });

describe("a preview deployment is a dry run that says why", () => {
  test.each<[string, Environment]>([
    ["Vercel", { VERCEL_ENV: "preview" }],
    ["Netlify", { NETLIFY: "true", CONTEXT: "deploy-preview" }],
    ["Render", { IS_PULL_REQUEST: "true" }],
    ["Heroku", { HEROKU_PR_NUMBER: "17" }],
    ["Railway", { RAILWAY_ENVIRONMENT_NAME: "shop-pr-17" }],
    ["AWS Amplify", { AWS_PULL_REQUEST_ID: "17" }],
    ["Cloudflare Pages", { CF_PAGES_BRANCH: "try-it" }],
    ["Cloudflare Workers", { WORKERS_CI_BRANCH: "try-it" }],
  ])("of %s", (platform, env) => {
    expect(mode({ NODE_ENV: "production", ...env })).toEqual({
      mode: "dry-run",
      reason: expect.stringContaining(`preview deployment: ${platform} set`),
      chosen: false,
    });
    expect(mode({ NODE_ENV: "production", ...env }, "live")).toMatchObject({ mode: "live", chosen: true });
  });

  test.each<[string, Environment]>([
    ["Vercel", { VERCEL_ENV: "production" }],
    ["Netlify", { NETLIFY: "true", CONTEXT: "production" }],
    ["Render", { IS_PULL_REQUEST: "false" }],
    ["Railway", { RAILWAY_ENVIRONMENT_NAME: "production" }],
    ["Cloudflare Pages", { CF_PAGES_BRANCH: "main" }],
    ["an app that has a CONTEXT of its own", { CONTEXT: "kitchen" }],
  ])("but production is live on %s", (_, env) => {
    expect(mode({ NODE_ENV: "production", ...env })).toMatchObject({ mode: "live" });
  });
});

test.each<[Environment, string]>([
  [{}, "NODE_ENV is not set, not production"],
  [{ NODE_ENV: "development" }, "NODE_ENV is development, not production"],
])("in %j the reason for the dry run is: %s", (env, reason) => {
  expect(mode(env)).toEqual({ mode: "dry-run", reason, chosen: false });
});

test.each<["live" | "dry-run", Environment, boolean]>([
  ["dry-run", { NODE_ENV: "production", AVANTLINK_MODE: "dry-run" }, false],
  ["dry-run", { AVANTLINK_MODE: " dry-run " }, true],
  ["live", { NODE_ENV: "production", VERCEL_ENV: "preview", AVANTLINK_MODE: "live" }, false],
])("AVANTLINK_MODE chooses %s in %j", (chosen, env, loopback) => {
  const reason = `AVANTLINK_MODE is ${chosen}`;
  expect(mode(env, undefined, loopback)).toEqual({ mode: chosen, reason, chosen: true });
  expect(mode(env, "live", loopback)).toMatchObject({
    mode: "live",
    reason: expect.stringContaining("option"),
  });
});

test("AVANTLINK_MODE that is blank decides nothing", () => {
  expect(mode({ NODE_ENV: "production", AVANTLINK_MODE: " " })).toMatchObject({ mode: "live" });
});
