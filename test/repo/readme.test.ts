import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as shop from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import ts from "typescript";
import { expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(Boolean);

interface Snippet {
  readonly name: string;
  readonly code: string;
}

const snippets = pages.flatMap((page): Snippet[] => {
  const text = readFileSync(`${root}/${page}`, "utf8");
  return [...text.matchAll(/```tsx?\n([\s\S]*?)```/g)].map((match, index) => ({
    name: `${page} #${index + 1}`,
    code: match[1] ?? "",
  }));
});

const readme = snippets.filter(({ name }) => name.startsWith("README.md"));

test.each(snippets)("$name is TypeScript that parses", ({ code }) => {
  const inObject = /^\s*metadata:/m.test(code) ? code.replace(/^metadata: (.*),$/m, "void $1;") : code;
  const file = ts.createSourceFile("snippet.tsx", inObject, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const faults: readonly ts.Diagnostic[] = Reflect.get(file, "parseDiagnostics");
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});

test("each name that a snippet imports from us is there", async () => {
  for (const { name, code } of snippets) {
    for (const [, names = "", from = ""] of code.matchAll(
      /import \{([^}]+)\} from "(@avantlink-s2s\/[^"]+)"/g,
    )) {
      const [, room = "", subpath = ""] = /^@avantlink-s2s\/([^/]+)(?:\/(.+))?$/.exec(from) ?? [];
      const manifest = JSON.parse(readFileSync(`${root}/packages/${room}/package.json`, "utf8"));
      const target = manifest.exports[subpath === "" ? "." : `./${subpath}`]?.["@avantlink-s2s/source"];
      expect(target, `${name}: ${from}`).toBeTypeOf("string");
      const source = `${root}/packages/${room}/${target}`;
      const exported = Object.keys(await import(source));
      for (const entry of names.split(",")) {
        const imported = entry.trim().split(" as ")[0] ?? "";
        if (imported !== "" && !imported.startsWith("type "))
          expect(exported, `${name}: ${from}`).toContain(imported);
      }
    }
  }
});

test("the first snippet, in at most 12 lines, is a whole integration", async () => {
  const [first] = readme;
  const lines = (first?.code ?? "").split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeLessThanOrEqual(12);
  const code = lines.filter((line) => !line.startsWith("import ")).join("\n");
  const sandbox = await startSandbox();
  const app = express();
  // What the snippet reads from the environment, this test gives it by hand.
  const process = { env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID } };
  const createTracker = (options: shop.TrackerOptions) =>
    shop.createTracker({ ...options, endpoint: sandbox.url });
  new Function("createTracker", "trackClicks", "trackOrders", "app", "process", code)(
    createTracker,
    shop.trackClicks,
    shop.trackOrders,
    app,
    process,
  );
  app.get("/", (_, res) => void res.send("home"));
  app.get("/checkout/thank-you", (_, res) => {
    res.locals.order = anOrder();
    res.send("thank you");
  });
  await request(app).get("/?avad=77_f3");
  await request(app).get("/checkout/thank-you");
  await Promise.all([sandbox.waitForClicks(1), sandbox.waitForOrders(1)]);
  await sandbox.close();
});
