import { cpSync, globSync, lstatSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Browser } from "../conformance/harness.ts";
import { freePort } from "../support/free-port.ts";
import { serve } from "./next-server.ts";
import { builtProject } from "./project.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Longer than the lease of a killed process lasts. */
const PATIENT = { timeoutMs: 120_000 };

let folder: string;
/** The folder of `server.js`. */
let app: string;

beforeAll(async () => {
  const { dir } = await builtProject({
    source: "test/next/standalone-shop",
    next: inject("nextVersion"),
    config: { output: "standalone" },
  });
  folder = mkdtempSync(join(tmpdir(), "next-standalone-"));
  app = join(folder, "app", relative(ROOT, dir));
  // As a Dockerfile copies them; the links stay as the build wrote them.
  cpSync(join(dir, ".next/standalone"), join(folder, "app"), { recursive: true, verbatimSymlinks: true });
  cpSync(join(dir, ".next/static"), join(app, ".next/static"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the copied folder leads to nothing outside it", () => {
  const links = globSync("**", { cwd: folder })
    .map((path) => join(folder, path))
    .filter((path) => lstatSync(path).isSymbolicLink());
  expect(links).not.toEqual([]);
  const home = realpathSync(folder);
  expect(links.filter((path) => !realpathSync(path).startsWith(`${home}/`))).toEqual([]);
});

test.each([
  ["Node's own SQLite", []],
  ["better-sqlite3, which the build carried along", ["--no-experimental-sqlite"]],
])("an order survives a kill of the copied folder's server with %s", async (_, flags) => {
  const state = mkdtempSync(join(folder, "state-"));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const open = async () =>
    serve([...flags, "server.js"], app, {
      HOSTNAME: "127.0.0.1",
      PORT: String(await freePort()),
      AVANTLINK_ENDPOINT: endpoint,
      OUTBOX_PATH: join(state, "outbox.sqlite"),
    });

  await using first = await open();
  expect(await confirm(first.url)).toMatchObject({ status: "accepted" });
  first.process.kill("SIGKILL");
  await first.exited;

  const sandbox = await startSandbox({ port });
  try {
    await using second = await open();
    await sandbox.waitForOrders(1, PATIENT);
    expect(await confirm(second.url)).toMatchObject({ status: "duplicate" });
    expect(sandbox.requests).toHaveLength(1);
  } finally {
    await sandbox.close();
  }
});

function confirm(url: string): Promise<unknown> {
  return new Browser({ url, path: (page) => `/${page}` }).json("thank-you", "?order=S-1");
}
