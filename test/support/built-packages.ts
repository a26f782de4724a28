import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stamp = join(root, "test/next/.built/packages");

/** Builds the packages before tests that use them as they are published, unless nothing has changed since. */
export default function buildPackages(): void {
  const hash = createHash("sha256");
  const sources = globSync("packages/*/{src/**/*.{ts,css,html,svg},package.json}", { cwd: root });
  for (const path of [...sources.sort(), "tsdown.config.ts", "pnpm-lock.yaml"]) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  const fingerprint = hash.digest("hex");
  const built = globSync("packages/*/dist/index.js", { cwd: root }).length > 0;
  if (built && existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  execFileSync(process.execPath, [createRequire(import.meta.url).resolve("tsdown/run"), "--logLevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
}

// CI builds with it, so that the tests find the packages built.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) buildPackages();
