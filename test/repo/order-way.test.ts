import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** The most files and functions that an order may cross. `pnpm order-way --list` names those that it crosses. */
const MAX_FILES = 28;
const MAX_FUNCTIONS = 165;

test(`an order crosses at most ${MAX_FILES} files and ${MAX_FUNCTIONS} functions until it is delivered`, {
  timeout: 60_000,
}, async () => {
  const script = fileURLToPath(new URL("order-way.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=@avantlink-s2s/source",
    script,
    "--json",
  ]);
  const { files, functions }: { files: string[]; functions: string[] } = JSON.parse(stdout);
  expect(files).toContain("core/src/delivery/answer.ts");
  expect(files.length).toBeLessThanOrEqual(MAX_FILES);
  expect(functions.length).toBeLessThanOrEqual(MAX_FUNCTIONS);
});
