import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The repository's own folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every file that belongs to the repository, as a path below its folder. */
export const files: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"],
  { cwd: root, encoding: "utf8" },
)
  .split("\n")
  .filter((file) => file !== "" && ts.sys.fileExists(join(root, file)));

/** The text of a file of the repository. */
export const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The TypeScript files of the published packages. */
export const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(file));

/** What a file imports, types included, as TypeScript's own scanner reads it. */
export function importsOf(file: string): readonly string[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The files of the same package that a file imports. */
export function neighborsOf(file: string): readonly string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => join(dirname(file), specifier));
}
