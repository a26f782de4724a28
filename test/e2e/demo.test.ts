import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = "--conditions=@avantlink-s2s/source";

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly problems: string;
}

/** Runs Node at the root of the repository, as the scripts in package.json do. */
function node(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // A test runner at a terminal may force colors on all processes that it starts.
    const env = { ...process.env, FORCE_COLOR: undefined };
    execFile(process.execPath, [SOURCE, ...args], { cwd: root, env }, (error, output, problems) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, output, problems });
    });
  });
}

/** A demo of a shop that runs the given code, in place of a real shop. */
function demoOf(shop: string): Promise<Ended> {
  return node(
    "--input-type=module",
    "--eval",
    `import { runDemo } from "./examples/demo/demo.ts";
     await runDemo({ title: "A shop", sends: "", command: (port) => ({ args: ["--eval", ${JSON.stringify(shop)}, port], cwd: ".", env: {} }) });`,
  );
}

test("the demo prints each step, shows the order beside its sources, and ends by itself", async () => {
  const { code, output, problems } = await node("examples/demo/express.ts", "--once");

  expect(problems).toBe("");
  expect(code).toBe(0);
  expect(output).toMatch(/the shop {6}http:\/\/127\.0\.0\.1:\d+\n/);
  expect(output).toMatch(/the sandbox {3}http:\/\/127\.0\.0\.1:\d+ /);
  for (const line of [
    "GET /?avad=77_f3afbe121&utm_source=avantlink → 200",
    "✓ AvantLink got the click.",
    "POST /checkout → 303",
    "goods 329.85, coupon -49.48, so 280.37 for the goods",
    "✓ AvantLink got the order, after the page was out",
    "✓ AvantLink got nothing more: an order is sent once.",
    "✓ The lines come to the subtotal: 1 × 33.95 + 1 × 33.96 + 1 × 212.46 = 280.37.",
    "✓ The sandbox checked both calls against AvantLink's articles and found nothing wrong.",
    "One click, one order. Everything ended cleanly.",
  ]) {
    expect(output).toContain(line);
  }
  expect(output).toMatch(
    /"avantlink_avad": "77_f3afbe121" +← cookie avad, set at the landing from \?avad=\n/,
  );
  expect(output).toMatch(/"visitor_id": \["[\da-f-]{36}"\], +← cookie avad_visitor, set at the landing\n/);
  expect(output).toMatch(
    /"order_amount_subtotal": 280\.37, +← goods 329\.85, coupon -49\.48; no shipping, no tax\n/,
  );
  // No colors where there is no terminal.
  expect(output).not.toContain("\u001b");
});

test("the demo finds free ports when its own are taken", async () => {
  const taken = [4020, 4021].map((port) =>
    createServer()
      .on("error", () => {})
      .listen(port, "127.0.0.1"),
  );
  onTestFinished(() => {
    for (const server of taken) server.close();
  });
  const { code, output } = await node("examples/demo/express.ts", "--once");
  expect(code).toBe(0);
  expect(output).not.toMatch(/127\.0\.0\.1:402[01]\b/);
});

test("the demo reports the fault of a shop, and ends with 1", async () => {
  const closed = await demoOf("console.error('No goods today.')");
  expect(closed).toMatchObject({
    code: 1,
    problems: expect.stringContaining("The shop did not start. No goods today."),
  });

  const serve = (answer: string) =>
    `require("http").createServer((_, response) => { ${answer} }).listen(Number(process.argv[1]), "127.0.0.1", () => console.log("http://127.0.0.1:" + process.argv[1]))`;
  const broken = await demoOf(serve("response.statusCode = 500; response.end()"));
  expect(broken).toMatchObject({
    code: 1,
    problems: expect.stringContaining("→ 500, and 200 was expected."),
  });

  const untracked = await demoOf(serve("response.end('<h1>A shop</h1>')"));
  expect(untracked).toMatchObject({ code: 1, problems: expect.stringContaining("set no cookie avad.") });
});

test("the demo rejects an unknown option", async () => {
  const { code, problems } = await node("examples/demo/express.ts", "--twice");
  expect(code).toBe(1);
  expect(problems).toContain("Unknown option '--twice'");
});
