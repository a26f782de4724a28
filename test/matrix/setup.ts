import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import buildPackages from "../support/built-packages.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Packs the packages as they are published. */
export default function pack(): void {
  buildPackages();
  const tarballs = join(import.meta.dirname, ".projects/tarballs");
  rmSync(tarballs, { recursive: true, force: true });
  mkdirSync(tarballs, { recursive: true });
  for (const name of ["core", "web", "express"]) {
    const args = ["-y", "pnpm@10.34.9", "pack", "--pack-destination", tarballs];
    execFileSync("npx", args, { cwd: join(ROOT, "packages", name), stdio: "ignore" });
  }
}
