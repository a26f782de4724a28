import { readFileSync } from "node:fs";
import { type ConsumerProject, MERCHANT } from "./project.ts";

/** The code of a page, by the file that its first line names. */
function printed(page: string): (file: string) => string {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  const files = [...text.matchAll(/^```(?:[jt]sx?)\n([\s\S]*?)^```/gm)]
    .flatMap(([, code = ""]) => code.split(/^(?=\/\/ [\w./-]+\.(?:[cm]?js|tsx?)\b)/m))
    .map((code) => [/^\/\/ ([\w./-]+)/.exec(code)?.[1] ?? "", code] as const);
  return (file) => {
    const found = files.find(([name]) => name === file);
    if (!found) throw new Error(`${page} prints no ${file}`);
    return found[1];
  };
}

const readme = printed("README.md");
const expressReadme = printed("packages/express/README.md");
const nextReadme = printed("packages/next/README.md");

// Starts a shop with the two variables of the README, buys in it as a browser does, and reads what arrived. The shop
// stays as printed, but for its port.
const DRIVE = `
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { startSandbox } from "@avantlink-s2s/sandbox";

const [page, ...command] = process.argv.slice(2);
const free = createServer().listen(0, "127.0.0.1");
await once(free, "listening");
const port = String(free.address().port);
free.close();
const file = command.at(-1);
if (/\\.[cm]?js$/.test(file)) writeFileSync(file, readFileSync(file, "utf8").replace("listen(3000)", "listen(" + port + ")"));
const args = command.map((part) => part.replace("$PORT", port));
const sandbox = await startSandbox();
const env = { ...process.env, AVANTLINK_ENDPOINT: sandbox.url, AVANTLINK_MERCHANT_ID: "${MERCHANT}" };
const shop = spawn(process.execPath, args, { env, stdio: ["ignore", "inherit", "inherit"] });
const headers = {
  accept: "text/html",
  "sec-fetch-dest": "document",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};
const visit = async (path, more) => {
  const [response] = await once(get({ port, path, headers: { ...headers, ...more } }), "response");
  response.resume();
  return response;
};
try {
  for (let tries = 0; ; tries += 1) {
    if (shop.exitCode !== null || tries > 600) throw new Error("the shop does not answer");
    if (await visit("/").then(() => true, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const landing = await visit("/?avad=77_f3afbe121");
  const cookie = (landing.headers["set-cookie"] ?? []).map((line) => line.split(";", 1)[0]).join("; ");
  const [click] = await sandbox.waitForClicks(1);
  const thanks = await visit(page, { cookie });
  if (thanks.statusCode !== 200) throw new Error("the page answers " + thanks.statusCode);
  const [order] = await sandbox.waitForOrders(1);
  if (order.click !== click.id) throw new Error("the order does not belong to its click");
  console.log("consumer ok");
} finally {
  shop.kill("SIGTERM");
  await once(shop, "exit");
  await sandbox.close();
}
`;

const page = "/checkout/thank-you";
const tsconfig = (options: object) =>
  JSON.stringify({ compilerOptions: { target: "es2022", strict: true, ...options } });

/** The README's quick start for Express, pasted into each kind of project. */
export const quickStartsOfExpress: readonly ConsumerProject[] = [
  {
    name: "quick-start-import",
    manifest: {},
    files: { "shop.mjs": readme("shop.mjs"), "drive.mjs": DRIVE },
    commands: [["node", "drive.mjs", page, "shop.mjs"]],
  },
  {
    name: "quick-start-require",
    manifest: { type: "commonjs" },
    files: {
      "shop.js": expressReadme("shop.cjs") + readme("shop.mjs").replace(/^import .*\n/gm, ""),
      "drive.mjs": DRIVE,
    },
    commands: [["node", "drive.mjs", page, "shop.js"]],
  },
  ...["module", "commonjs"].map(
    (type): ConsumerProject => ({
      name: `quick-start-typescript-${type}`,
      manifest: { type },
      files: {
        "shop.ts": readme("shop.mjs"),
        "tsconfig.json": tsconfig({
          module: "nodenext",
          types: ["node"],
          esModuleInterop: true,
          outDir: "out",
          rootDir: ".",
        }),
        "drive.mjs": DRIVE,
      },
      commands: [["node_modules/.bin/tsc"], ["node", "drive.mjs", page, "out/shop.js"]],
    }),
  ),
];

/** The page on testing, pasted into a project with Jest. */
export const jestOfTheDocs: ConsumerProject = {
  name: "jest-of-the-docs",
  manifest: { type: "commonjs" },
  files: { "shop.test.js": printed("docs/testing.md")("jest/shop.test.js") },
  commands: [["node", "node_modules/jest/bin/jest.js", "--ci"]],
};

const LAYOUT = `
export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}
`;
const HOME = "export default function Home() { return <h1>The shop</h1>; }\n";

// What it is built from lies in the folder above, where npm has put it.
const CONFIG = `
import { dirname } from "node:path";

const root = dirname(import.meta.dirname);
export default { outputFileTracingRoot: root, turbopack: { root } };
`;

/** The quick starts for Next.js, pasted into a bare app: App Router or Pages Router, in `src` or not. */
export function quickStartsOfNext(version: string): readonly ConsumerProject[] {
  const isModern = Number.parseInt(version, 10) >= 16;
  const proxy = isModern ? readme("proxy.ts") : readme("proxy.ts").replace("const proxy", "const middleware");
  const config = isModern ? CONFIG : CONFIG.replace(", turbopack: { root }", "");
  return ["", "src/"].flatMap((folder) =>
    ["app", "pages"].map((router): ConsumerProject => {
      const pages =
        router === "app"
          ? {
              [`${folder}app/layout.tsx`]: LAYOUT,
              [`${folder}app/page.tsx`]: HOME,
              [`${folder}app/checkout/thank-you/page.tsx`]: readme("app/checkout/thank-you/page.tsx"),
            }
          : {
              [`${folder}pages/index.tsx`]: HOME,
              [`${folder}pages/checkout/thank-you.tsx`]: nextReadme("pages/checkout/thank-you.tsx"),
            };
      return {
        name: `next-${folder === "" ? "" : "src-"}${router}`,
        manifest: {},
        environment: "production",
        files: {
          ...pages,
          [`${folder}lib/tracker.ts`]: readme("lib/tracker.ts"),
          [`${folder}${isModern ? "proxy" : "middleware"}.ts`]: proxy,
          "tsconfig.json": tsconfig({
            module: "esnext",
            moduleResolution: "bundler",
            jsx: "preserve",
            lib: ["dom", "dom.iterable", "esnext"],
            noEmit: true,
            paths: { "@/*": [`./${folder}*`] },
          }),
          "next.config.mjs": config,
          "drive.mjs": DRIVE,
        },
        commands: [
          ["node", "node_modules/next/dist/bin/next", "build"],
          [
            "node",
            "drive.mjs",
            page,
            "node_modules/next/dist/bin/next",
            "start",
            "-H",
            "127.0.0.1",
            "-p",
            "$PORT",
          ],
        ],
      };
    }),
  );
}
