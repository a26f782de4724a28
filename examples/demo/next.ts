import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { runDemo } from "./demo.ts";
import * as report from "./report.ts";

const storefront = join(import.meta.dirname, "../next-storefront");
const next = createRequire(join(storefront, "package.json")).resolve("next/dist/bin/next");
const tsdown = createRequire(import.meta.url).resolve("tsdown/run");

// Next runs what was built for production, from the packages as they are published.
report.line("Building the packages and the shop; this takes half a minute.");
build(join(import.meta.dirname, "../.."), tsdown);
build(storefront, next, "build");

await runDemo({
  title: "A Next.js shop whose orders reach AvantLink",
  sends: "beside the page",
  // Next ends as the signal would have ended it, but finishes its work first.
  endsWith: 143,
  command: (port, folder) => ({
    args: [next, "start", "-H", "127.0.0.1", "-p", String(port)],
    cwd: storefront,
    env: {
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_PATH: join(folder, "shop.sqlite"),
      OUTBOX_PATH: join(folder, "outbox.sqlite"),
      SITE_URL: "",
      // There is no proxy; but where none wrote down the connection's address, Next itself does.
      TRUST_PROXY: "1",
    },
  }),
});

function build(cwd: string, ...command: string[]): void {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
  try {
    execFileSync(process.execPath, command, { cwd, env, stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = Object(error);
    report.bad(`The build failed:\n${stdout}${stderr}`);
    process.exit(1);
  }
}
