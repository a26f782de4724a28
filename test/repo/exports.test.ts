import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const SOURCE = "@avantlink-s2s/source";

interface Manifest {
  readonly exports: Record<string, string | Record<string, unknown>>;
  readonly types?: string;
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(`${packages}/${name}/package.json`, "utf8"));

/** The subpaths of each package with the source behind them. */
const entries = readdirSync(packages).flatMap((name) => {
  return Object.entries(manifestOf(name).exports).flatMap(([subpath, target]) =>
    typeof target === "object" && typeof target[SOURCE] === "string"
      ? [
          {
            name,
            subpath,
            entry: `@avantlink-s2s/${name}${subpath.slice(1)}`,
            source: `${packages}/${name}/${target[SOURCE]}`,
            types: Object(target.require).types,
          },
        ]
      : [],
  );
});

test.each(entries)("$entry exports what was reviewed, and nothing else", async ({ entry, source }) => {
  const names = Object.keys(await import(source)).sort();
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot(`./exports/${entry.replaceAll("/", "-")}.txt`);
});

// `module: commonjs` without more, and what Next 15 writes into a tsconfig.json that it makes: neither reads "exports".
test.each(entries)(
  "$entry has its types for TypeScript's older resolution too",
  ({ name, subpath, types }) => {
    const { types: own, typesVersions } = manifestOf(name);
    expect(types).toMatch(/^\.\/dist\/.+\.d\.cts$/);
    expect(subpath === "." ? own : typesVersions?.["*"]?.[subpath.slice(2)]?.[0]).toBe(types);
  },
);
