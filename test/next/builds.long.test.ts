import { describe, expect, inject, test } from "vitest";
import { Browser } from "../conformance/harness.ts";
import { startNext } from "./next-server.ts";
import { BuildFailure, builtProject, laidOut } from "./project.ts";

const version = inject("nextVersion");

const STATIC_HANDLER = `
import { createTracker, trackOrders } from "@avantlink-s2s/next";
import { suiteOrder } from "../../scenario.ts";

export const dynamic = "force-static";
export const GET = trackOrders(
  createTracker(),
  () => suiteOrder("S-static"),
  () => new Response("thank you"),
);
`;

describe("a confirmation that Next must render ahead", () => {
  const SAYS = 'Remove `export const dynamic = "force-static"` from the page or route handler';
  const page = { source: "test/next/static-page", next: version };
  const handler = {
    ...page,
    files: { "app/confirm/route.ts": STATIC_HANDLER, "app/thank-you/page.tsx": "" },
  };

  test.each([
    ["page", page],
    ["route handler", handler],
  ])("fails the build of its %s, which says what to write", async (_, plan) => {
    const failure = await builtProject(plan).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(BuildFailure);
    expect(String(failure)).toContain(SAYS);
  });

  test("fails in development too", async () => {
    await using server = await startNext(laidOut(page), { NODE_ENV: "development" });
    const { status } = await new Browser({ url: server.url, path: () => "/" }).open("/thank-you");
    expect(status).toBe(500);
    expect(server.output()).toContain(SAYS);
  });
});

test("a client component that imports the package fails the build, which names it", async () => {
  const failure = await builtProject({ source: "test/next/client-component", next: version }).catch(
    (cause: unknown) => cause,
  );
  expect(failure).toBeInstanceOf(BuildFailure);
  expect(String(failure)).toMatch(/'server-only' cannot be imported from a Client Component module/);
  expect(String(failure)).toContain("app/page.tsx");
});
