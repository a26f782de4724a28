import { isBuiltin } from "node:module";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../packages/core/src/version.ts";
import { files, importsOf, read, sources } from "./sources.ts";

const manifest = (file: string): { version: string } => JSON.parse(read(file));
const codeOf = (file: string) => read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

describe("in core", () => {
  const filesExcept = (...except: readonly string[]) =>
    sources
      .filter((file) => file.startsWith("packages/core/"))
      .filter((file) => !except.some((name) => file.endsWith(`/${name}.ts`)));

  test("only the transports reach the network", () => {
    const reaching = filesExcept("undici-transport", "fetch-transport").filter(
      (file) => /\bfetch\(/.test(codeOf(file)) || importsOf(file).includes("undici"),
    );
    expect(reaching).toEqual([]);
  });

  test("only `runtime` and the transports touch clock, randomness and timers", () => {
    const touching = filesExcept("runtime", "undici-transport", "fetch-transport").filter((file) =>
      /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID|setTimeout\(|setInterval\(|performance\.now/.test(
        codeOf(file),
      ),
    );
    expect(touching).toEqual([]);
  });

  test("no file imports a module of Node.js", () => {
    expect(filesExcept().filter((file) => importsOf(file).some(isBuiltin))).toEqual([]);
  });
});

test("every package has the version that core sends to AvantLink", () => {
  const versions = files
    .filter((file) => /^packages\/[^/]+\/package\.json$/.test(file))
    .map((file) => manifest(file).version);
  expect(new Set(versions)).toEqual(new Set([VERSION]));
});

test("no file names a path of one machine or the host of a registry", () => {
  const naming = files
    .filter((file) => !/\.(?:png|ico|sqlite)$/.test(file) && !file.startsWith("test/repo/"))
    .filter((file) => /\.\.\/shared|\/work\/|registry\.npmjs|registry\.yarnpkg/.test(read(file)));
  expect(naming).toEqual([]);
});
