// Prints the code lines of each package and of all packages: `pnpm count-lines`.
import { pathToFileURL } from "node:url";
import { files, read } from "./sources.ts";

/** The lines of a file that are neither blank nor comment. */
export function codeLines(text: string): number {
  const lines = text.replace(/\/\*[\s\S]*?\*\//g, "").split("\n");
  return lines.filter((line) => line.trim() !== "" && !/^\s*\/\//.test(line)).length;
}

/** The code lines under `packages/<name>/src`, by package. */
export function linesByPackage(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) {
    const name = /^packages\/([^/]+)\/src\/.*\.(?:tsx?|css|sql|lua)$/.exec(file)?.[1];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + codeLines(read(file)));
  }
  return counts;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const counts = [...linesByPackage()].sort(([, a], [, b]) => b - a);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  for (const [name, count] of [...counts, ["all", all]]) console.log(`${String(count).padStart(6)}  ${name}`);
}
