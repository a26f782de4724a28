import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { describe, test } from "vitest";
import { testAdapter } from "../conformance/adapter.ts";
import { suiteEvents } from "../conformance/harness.ts";

const SERVER = new URL("runtimes/bun.ts", import.meta.url).pathname;
const bun = findBun();

if (bun === undefined)
  describe.skip("Hono on Bun (Bun is not installed for this machine)", () => test("", () => {}));
else
  testAdapter("Hono on Bun", async (settings) => {
    const { keep, eventThat } = suiteEvents();
    const child = spawn(bun, ["--conditions=@avantlink-s2s/source", SERVER], {
      env: { ...process.env, SUITE_SETTINGS: JSON.stringify(settings) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "close");
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [kind, rest = ""] = line.split(/ (.*)/s);
        if (kind === "@url") resolve(rest);
        if (kind === "@event") keep(JSON.parse(rest));
      });
      void exited.then(() => reject(new Error("Bun ended before it served.")));
    });
    return {
      url,
      path: (name) => (name === "home" ? "/" : `/${name}`),
      eventThat,
      close: async () => {
        child.kill();
        await exited;
      },
    };
  });

/** The executable for this machine, which npm installs beside the package `bun`. */
function findBun(): string | undefined {
  try {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve("bun/package.json"));
    return resolve(`@oven/bun-${process.platform}-${process.arch}/bin/bun`);
  } catch {
    return undefined;
  }
}
