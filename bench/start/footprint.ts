import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What an installation puts on the disk. */
export interface Footprint {
  readonly packages: number;
  readonly megabytes: number;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly files?: readonly string[];
}

/** A package with all that it depends on, as a shop would have it; what the shop has anyway (peers) is not counted. */
export function footprintOf(name: string): Footprint {
  const folders = new Set<string>();
  visit(findPackage(name, fileURLToPath(import.meta.url)), folders);
  let bytes = 0;
  for (const folder of folders) bytes += sizeOf(folder, publishedOf(folder));
  return { packages: folders.size, megabytes: bytes / 2 ** 20 };
}

function visit(folder: string, seen: Set<string>): void {
  if (seen.has(folder)) return;
  seen.add(folder);
  for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
    visit(findPackage(name, join(folder, "package.json")), seen);
  }
}

/** Where a package stands that is required from a file: in the nearest `node_modules` above it. */
function findPackage(name: string, from: string): string {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return realpathSync(place);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed.`);
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** A package of the workspace has more in its folder than it publishes. */
function publishedOf(folder: string): readonly string[] {
  if (folder.includes("node_modules")) return readdirSync(folder);
  return readdirSync(folder).filter(
    (entry) =>
      (manifestOf(folder).files ?? []).includes(entry) || /^(?:package\.json|readme|licen[cs]e)/i.test(entry),
  );
}

function sizeOf(folder: string, entries: readonly string[]): number {
  let bytes = 0;
  for (const entry of entries) {
    if (entry === "node_modules") continue;
    const path = join(folder, entry);
    const { size } = statSync(path);
    bytes += statSync(path).isDirectory() ? sizeOf(path, readdirSync(path)) : size;
  }
  return bytes;
}
