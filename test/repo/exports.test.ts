import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const SOURCE = "@avantlink-s2s/source";

/** The subpaths of each package with the source behind them. */
const entries = readdirSync(packages).flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(`${packages}/${name}/package.json`, "utf8")) as {
    exports: Record<string, string | Record<string, unknown>>;
  };
  return Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === "object" && typeof target[SOURCE] === "string"
      ? [
          {
            entry: `@avantlink-s2s/${name}${subpath.slice(1)}`,
            source: `${packages}/${name}/${target[SOURCE]}`,
          },
        ]
      : [],
  );
});

test.each(entries)("$entry exports what was reviewed, and nothing else", async ({ entry, source }) => {
  const names = Object.keys(await import(source)).sort();
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot(`./exports/${entry.replaceAll("/", "-")}.txt`);
});
