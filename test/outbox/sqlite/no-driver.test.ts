import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a durable outbox without a driver is an error at start, and never memory", async () => {
  const folder = mkdtempSync(join(tmpdir(), "no-driver-"));
  const script = fileURLToPath(new URL("../../support/no-driver-process.ts", import.meta.url));
  // As on a Node.js that has no SQLite of its own, where better-sqlite3 is not installed.
  const hidden = join(folder, "hide.mjs");
  writeFileSync(
    hidden,
    `import { registerHooks } from "node:module";
     registerHooks({ resolve: (name, context, next) => { if (name === "better-sqlite3") throw new Error("not found"); return next(name, context); } });`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--no-experimental-sqlite",
    "--conditions=@avantlink-s2s/source",
    `--import=${hidden}`,
    script,
    join(folder, "outbox.sqlite"),
  ]);
  expect(JSON.parse(stdout)).toEqual({
    start: "outbox.no-driver",
    health: { ok: false, durable: true },
    receipt: { status: "not-stored", shouldRetry: true, code: "outbox.no-driver" },
  });
  rmSync(folder, { recursive: true });
});
