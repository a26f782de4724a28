import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bad, type Checked, fyi, ok } from "./finding.ts";

const OLDEST_NODE = [20, 19] as const;
/** What is supported from which version on. */
const FRAMEWORKS: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  express: [4, 18],
  next: [15, 0],
  bullmq: [5, 0],
  "pg-boss": [10, 0],
  "better-sqlite3": [11, 0],
};
const OURS = ["core", "express", "next", "outbox", "orders"].map((name) => `@avantlink-s2s/${name}`);

/** Node.js, and what is installed in the shop's folder. */
export async function checkVersions(shop: string): Promise<readonly Checked[]> {
  const checks: Checked[] = [checkNode(process.versions.node)];
  for (const [name, oldest] of Object.entries(FRAMEWORKS)) {
    const version = await installed(name, shop);
    if (version === undefined) continue;
    const supported = isAtLeast(version, oldest);
    checks.push(
      supported
        ? ok(name, version)
        : bad(name, `${version} is too old`, `Update it to ${oldest.join(".")} or newer.`),
    );
  }
  const found = new Map<string, string>();
  for (const name of OURS) {
    const version = await installed(name, shop);
    if (version !== undefined) found.set(name, version);
  }
  const list = [...found].map(([name, version]) => `${name} ${version}`).join(", ");
  if (found.size === 0)
    checks.push(
      fyi(
        "packages",
        `none of ours is installed in ${resolve(shop)}`,
        "Name the shop's folder: --shop PATH.",
      ),
    );
  else if (new Set(found.values()).size > 1)
    checks.push(bad("packages", list, "Update all of them to one version."));
  else checks.push(ok("packages", list));
  return checks;
}

function checkNode(version: string): Checked {
  if (!isAtLeast(version, OLDEST_NODE))
    return bad("Node.js", version, `Update to ${OLDEST_NODE.join(".")} or newer.`);
  const builtIn = process.getBuiltinModule("node:sqlite") !== undefined;
  return ok("Node.js", `${version}, ${builtIn ? "with" : "without"} a SQLite of its own`);
}

/** The version of a package, as the shop's code would find it: in its folder, or in one above. */
async function installed(name: string, shop: string): Promise<string | undefined> {
  for (let folder = resolve(shop); ; folder = dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(
        await readFile(join(folder, "node_modules", name, "package.json"), "utf8"),
      );
      return String(Reflect.get(Object(manifest), "version"));
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [is = 0, isMinor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return is > major || (is === major && isMinor >= minor);
}
