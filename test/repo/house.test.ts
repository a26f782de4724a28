import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../packages/core/src/version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);
const read = (file: string) => readFileSync(`${root}/${file}`, "utf8");
const manifest = (file: string): { version: string; dependencies?: Record<string, string> } =>
  JSON.parse(read(file));

/** Who may import whom among our packages. Where nothing stands, nothing of ours may be imported. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sandbox: [],
  express: ["core"],
  next: ["core"],
  outbox: ["core"],
  orders: ["core"],
  cli: ["core", "outbox", "sandbox"],
};

const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(file));
const importsOf = (file: string) =>
  [...read(file).matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

test.each(sources)("%s imports only what its room may", (file) => {
  const room = file.split("/")[1] ?? "";
  const allowed = MAY_IMPORT[room] ?? expect.unreachable(`packages/${room} is in no rule of this test`);
  for (const specifier of importsOf(file)) {
    const ours = /^@avantlink-s2s\/([^/]+)/.exec(specifier)?.[1];
    if (ours !== undefined) expect(allowed).toContain(ours);
    if (specifier.startsWith(".")) {
      expect(join(dirname(file), specifier)).toMatch(new RegExp(`^packages/${room}/src/`));
    }
  }
});

describe("in core", () => {
  const core = sources.filter((file) => file.startsWith("packages/core/"));
  const coreFiles = (except: readonly string[]) =>
    core.filter((file) => !except.some((name) => file.endsWith(`/${name}.ts`)));

  test.each(coreFiles(["undici-transport", "fetch-transport"]))("%s does not reach the network", (file) => {
    expect(read(file)).not.toMatch(/\bfetch\(|"undici"|"node:(?:http|https|net|tls|dns)"/);
  });

  test.each(coreFiles(["runtime", "undici-transport", "fetch-transport"]))(
    "%s touches neither clock nor chance nor timers",
    (file) => {
      expect(read(file)).not.toMatch(
        /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID|setTimeout\(|setInterval\(|performance\.now/,
      );
    },
  );

  test.each(core)("%s imports nothing of Node's own", (file) => {
    expect(importsOf(file).filter((specifier) => specifier.startsWith("node:"))).toEqual([]);
  });
});

test("every package has the version by which core names itself to AvantLink", () => {
  const versions = files
    .filter((file) => /^packages\/[^/]+\/package\.json$/.test(file))
    .map((file) => manifest(file).version);
  expect(new Set(versions)).toEqual(new Set([VERSION]));
});

test("nothing in the project names a path of one machine or a registry's host", () => {
  const named = files
    .filter((file) => !/\.(?:png|ico|sqlite)$/.test(file) && !file.startsWith("test/repo/"))
    .filter((file) => /\.\.\/shared|\/work\/|registry\.npmjs|registry\.yarnpkg/.test(read(file)));
  // The one script that runs beside the shared folder does not look into it either.
  expect(named).toEqual([]);
});
