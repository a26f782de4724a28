import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bad, type Checked, fyi, ok, warn } from "./check.ts";

const OLDEST_NODE = [20, 19] as const;

type Version = readonly [major: number, minor: number];
/** What our packages ask for beside them: from which version on, and which major has not been tried. */
export const SUPPORTED: Readonly<Record<string, { readonly from: Version; readonly below?: number }>> = {
  express: { from: [4, 18], below: 6 },
  next: { from: [15, 1], below: 17 },
  bullmq: { from: [6, 0], below: 7 },
  "better-sqlite3": { from: [11, 0] },
};
const OURS = ["core", "express", "next", "outbox", "orders"].map((name) => `@avantlink-s2s/${name}`);

/** Node.js, and what is installed in the shop's folder. */
export async function checkVersions(shop: string): Promise<readonly Checked[]> {
  const versionsOf = async (names: readonly string[]) => {
    const found = await Promise.all(names.map(async (name) => [name, await installed(name, shop)] as const));
    return found.flatMap(([name, version]) => (version === undefined ? [] : [[name, version] as const]));
  };
  const [beside, ours] = [await versionsOf(Object.keys(SUPPORTED)), await versionsOf(OURS)];
  const list = ours.map((one) => one.join(" ")).join(", ");
  const isMixed = new Set(ours.map(([, version]) => version)).size > 1;
  return [
    checkNode(process.versions.node),
    ...beside.map(([name, version]) => checkBeside(name, version)),
    ours.length === 0
      ? fyi(
          "packages",
          `none of ours is installed in ${resolve(shop)}`,
          "Name the shop's folder: --shop PATH.",
        )
      : isMixed
        ? bad("packages", list, "Update all of them to one version.")
        : ok("packages", list),
  ];
}

function checkBeside(name: string, version: string): Checked {
  const { from, below } = SUPPORTED[name] ?? { from: [0, 0] };
  if (!isAtLeast(version, from))
    return bad(name, `${version} is too old`, `Update it to ${from.join(".")} or newer.`);
  if (below !== undefined && isAtLeast(version, [below, 0]))
    return warn(
      name,
      `${version} is newer than what ours was tried with`,
      "Look for an update of our packages.",
    );
  return ok(name, version);
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

function isAtLeast(version: string, [major, minor]: Version): boolean {
  const [is = 0, isMinor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return is > major || (is === major && isMinor >= minor);
}
