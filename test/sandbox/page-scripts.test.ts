import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@avantlink-s2s/sandbox";
import ts from "typescript";
import { expect, it } from "vitest";

/** Where the scripts stand for the checker, so that their comments find the server's types. */
const folder = fileURLToPath(new URL("../../packages/sandbox/src/page/served/", import.meta.url));

/** Everything that the page loads, found as a browser finds it. */
async function loadScripts(url: string): Promise<Map<string, string>> {
  const page = await (await fetch(url)).text();
  const pending = [...page.matchAll(/src="(\/script\/[^"]+)"/g)].map(([, path = ""]) => path);
  const scripts = new Map<string, string>();
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const name = folder + path.replace("/script/", "");
    if (scripts.has(name)) continue;
    const response = await fetch(url + path);
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const text = await response.text();
    scripts.set(name, text);
    pending.push(...[...text.matchAll(/from "\.(\/[^"]+)"/g)].map(([, imported]) => `/script${imported}`));
  }
  return scripts;
}

function complaints(scripts: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    allowImportingTsExtensions: true,
    allowJs: true,
    checkJs: true,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    strict: true,
    target: ts.ScriptTarget.ES2023,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  // The folder is nowhere but here.
  host.directoryExists = () => true;
  host.fileExists = (name) => scripts.has(name) || existsSync(name);
  host.getSourceFile = (name, ...rest) => {
    const text = scripts.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
  };
  const program = ts.createProgram([...scripts.keys()], options, host);
  return [...scripts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => {
        const line = file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
        return `${name.replace(folder, "")}:${line + 1} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
      },
    );
  });
}

it("loads scripts that hold before TypeScript's strict checker", async () => {
  const sandbox = await startSandbox();
  const scripts = await loadScripts(sandbox.url).finally(sandbox.close);
  expect(scripts.size).toBeGreaterThan(5);
  expect(complaints(scripts)).toEqual([]);
}, 60_000);

it("finds a script that is no JavaScript", () => {
  expect(
    complaints(
      new Map([[`${folder}wrong.js`, "/** @type {number} */\nexport const count = document.title;"]]),
    ),
  ).toEqual(["wrong.js:2 Type 'string' is not assignable to type 'number'."]);
}, 60_000);
