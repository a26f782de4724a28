import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { gtr, satisfies, valid } from "semver";
import { bad, type Checked, fyi, ok, warn } from "./check-result.ts";

const SUPPORTED_NODE = ">=20.19";
const OURS = ["core", "express", "next", "web", "outbox", "orders"].map((name) => `@avantlink-s2s/${name}`);

/** The part of a package.json that is read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Node.js, our packages in the shop's folder, and what they ask for beside them. */
export async function checkVersions(shop: string): Promise<readonly Checked[]> {
  const ours = await installed(OURS, shop);
  const ranges = new Map(ours.flatMap(({ peerDependencies = {} }) => Object.entries(peerDependencies)));
  const others = [...ranges.keys()].filter((name) => !OURS.includes(name));
  const beside = await installed(others, shop);
  const list = ours.map(({ name, version }) => `${name} ${version}`).join(", ");
  const isMixed = new Set(ours.map(({ version }) => version)).size > 1;
  const none = `none of ours is installed in ${resolve(shop)}`;
  return [
    checkNode(process.versions.node),
    ...beside.map(({ name, version }) => checkBeside(name, version, ranges.get(name) ?? "*")),
    ours.length === 0
      ? fyi("packages", none, "Name the shop's folder: --shop PATH.")
      : isMixed
        ? bad("packages", list, "Update all of them to one version.")
        : ok("packages", list),
  ];
}

function checkBeside(name: string, version: string, range: string): Checked {
  if (satisfies(version, range, { includePrerelease: true })) return ok(name, version);
  if (!gtr(version, range)) return bad(name, `${version} is too old`, `Update it to ${range}.`);
  const found = `${version} is newer than what ours was tried with`;
  return warn(name, found, "Look for an update of our packages.");
}

function checkNode(version: string): Checked {
  if (!satisfies(version, SUPPORTED_NODE, { includePrerelease: true }))
    return bad("Node.js", version, `Update to ${SUPPORTED_NODE}.`);
  const builtIn = process.getBuiltinModule("node:sqlite") !== undefined;
  return ok("Node.js", `${version}, ${builtIn ? "with" : "without"} a SQLite of its own`);
}

/** The packages that the shop's code would find: in its folder, or in a folder above. */
async function installed(names: readonly string[], shop: string): Promise<readonly Manifest[]> {
  const found = await Promise.all(names.map((name) => manifestOf(name, resolve(shop))));
  // A fork may have no version that can be compared.
  return found.flatMap((manifest) => (manifest && valid(manifest.version) ? [manifest] : []));
}

async function manifestOf(name: string, folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "node_modules", name, "package.json"), "utf8"));
  } catch {
    return folder === dirname(folder) ? undefined : manifestOf(name, dirname(folder));
  }
}
