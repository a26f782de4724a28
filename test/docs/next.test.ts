import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");
// Beside an app that has installed what the snippets import.
const app = join(root, "examples/next-storefront");

/** What is a shop's own in the snippets. */
const SHOP = `
import type { Order } from "@avantlink-s2s/next";
declare global {
  const order: Order;
  function orderOfThisShopper(): Promise<Order | undefined>;
  function orderNumbered(orderNumber: string): Promise<Order | undefined>;
  function charge(form: FormData): Promise<Order>;
  function checkOut(cart: unknown): Promise<string>;
  function verified(request: Request): Promise<{ order: Order; metadata: Record<string, string> }>;
}
`;

/** On the package's own pages, whatever names a file; elsewhere what imports the package or the shop's tracker. */
function isOfNext(page: string, code: string): boolean {
  if (/from "(?:@avantlink-s2s\/next|@\/)/.test(code)) return true;
  return page.startsWith("packages/next/") && /^\/\/ [\w./-]+\.tsx?\b/.test(code);
}

/** The snippets of a page that belong to Next: each file begins with a comment that names it. */
function filesOf(page: string): readonly (readonly [name: string, code: string])[] {
  const text = readFileSync(join(root, page), "utf8");
  const snippets = [...text.matchAll(/```tsx?\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  return snippets
    .filter((code) => isOfNext(page, code))
    .flatMap((code) => code.split(/^(?=\/\/ [\w./-]+\.tsx?\b)/m))
    .filter((code) => code.trim() !== "")
    .map((code) => [/^\/\/ ([\w./-]+\.tsx?)/.exec(code)?.[1] ?? "", code] as const);
}

/** What the compiler says of files that lie in a Next app, without writing them there. */
function faultsOf(files: readonly (readonly [name: string, code: string])[]): string[] {
  const texts = new Map([[join(app, "shop.ts"), SHOP]]);
  files.forEach(([name, code], index) => {
    // A page may show two versions of one file; what others import is the first.
    const known = texts.has(join(app, "readme", name));
    texts.set(join(app, "readme", known ? `${index}/${name}` : name), code);
  });
  const { config } = ts.readConfigFile(join(root, "tsconfig.next.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const compiled = { ...options, jsx: ts.JsxEmit.ReactJSX, paths: { "@/*": [join(app, "readme/*")] } };
  const host = ts.createCompilerHost(compiled);
  const { fileExists, readFile, directoryExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.directoryExists = (path) =>
    [...texts.keys()].some((known) => known.startsWith(`${path}/`)) || directoryExists?.(path) === true;
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], compiled, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return faults.map(
      (one) => `${path.slice(app.length)}: ${ts.flattenDiagnosticMessageText(one.messageText, "\n")}`,
    );
  });
}

const PAGES = ["README.md", "docs/deploy.md", "packages/next/README.md", "packages/next/AGENTS.md"];
const WRONG =
  'import { createTracker } from "@avantlink-s2s/next";\nawait createTracker().trackOrder({}, 1);\n';

describe("the snippets for Next.js", () => {
  test("are files that compile in an app, and a file with a fault is found", { timeout: 120_000 }, () => {
    const files = PAGES.flatMap(filesOf);
    expect(files.length).toBeGreaterThanOrEqual(15);
    expect(files.map(([name]) => name)).not.toContain("");
    const faults = faultsOf([...files, ["wrong.ts", WRONG]]);
    expect(faults).toEqual([expect.stringMatching(/wrong\.ts: .*not assignable/)]);
  });

  test.each(["packages/next/README.md", "packages/next/AGENTS.md"])(
    "end the server of %s when its outbox cannot be opened, so that no page fails",
    (page) => {
      const [, code = ""] = filesOf(page).find(([name]) => name === "instrumentation.ts") ?? [];
      const folder = mkdtempSync(join(tmpdir(), "avantlink-next-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, "instrumentation.mts"), code.replace("@/lib/tracker", "./tracker.mjs"));
      writeFileSync(
        join(folder, "tracker.mjs"),
        `export const tracker = { start: () => Promise.reject(new Error("The outbox is away.")) };`,
      );
      // Next.js logs what register() throws, and goes on.
      const boot = `(await import("./instrumentation.mts")).register().catch(() => {})`;
      const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", boot], {
        cwd: folder,
        env: { NEXT_RUNTIME: "nodejs" },
        encoding: "utf8",
      });
      expect(stderr).toContain("The outbox is away.");
      expect(status).toBe(1);
    },
  );
});
