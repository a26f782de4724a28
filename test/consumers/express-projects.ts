import { type ConsumerProject, MERCHANT, ORDER } from "./project.ts";

const BODY = `
async function main() {
  const sandbox = await startSandbox();
  const tracker = createTracker({ merchantId: "${MERCHANT}", endpoint: sandbox.url, consent: cookiebot("marketing", { whenUnknown: "allow" }) });
  const app = express();
  app.use(trackClicks(tracker));
  app.use("/thanks", trackOrders(tracker, (req, res) => res.locals.order));
  app.get("/thanks", (req, res) => {
    res.locals.order = ${JSON.stringify(ORDER)};
    res.send("thank you");
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // Not fetch, which calls itself a script's request in Sec-Fetch-Mode, and so is no landing.
  const [page] = await once(get({ port, path: "/thanks?avad=77_f3" }), "response");
  if ((await text(page)) !== "thank you") throw new Error("the page changed");
  const [order] = await sandbox.waitForOrders(1);
  const [click] = await sandbox.waitForClicks(1);
  if (order?.click !== click?.id) throw new Error("the order is not attributed to its click");
  if (toMinor("1.005", 2) !== 101) throw new Error("money is off");
  server.close();
  const totals = await tracker.close();
  await sandbox.close();
  if (totals.delivered !== 1) throw new Error("not delivered: " + JSON.stringify(totals));
}
`;

const IMPORTS = `
import { once } from "node:events";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { cookiebot } from "@avantlink-s2s/express/consent";
import { toMinor } from "@avantlink-s2s/core/money";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
`;

const REQUIRES = `
const { once } = require("node:events");
const { get } = require("node:http");
const { text } = require("node:stream/consumers");
const { createTracker, trackClicks, trackOrders } = require("@avantlink-s2s/express");
const { cookiebot } = require("@avantlink-s2s/express/consent");
const { toMinor } = require("@avantlink-s2s/core/money");
const { startSandbox } = require("@avantlink-s2s/sandbox");
const express = require("express");
`;

const RUN = `main().then(() => console.log("consumer ok"), (error) => { console.error(error); process.exit(1); });\n`;
const untyped = (source: string) => source.replace(" as AddressInfo", "").replace(/import type .*\n/, "");

const tsconfig = JSON.stringify({
  compilerOptions: {
    module: "nodenext",
    target: "es2022",
    strict: true,
    types: ["node"],
    outDir: "out",
    rootDir: ".",
  },
  include: ["shop.ts"],
});

/** A shop in each way that a project may be written. */
export const shopsOfExpress: readonly ConsumerProject[] = [
  {
    name: "typescript-esm",
    manifest: { type: "module" },
    files: { "shop.ts": IMPORTS + BODY + RUN, "tsconfig.json": tsconfig },
    commands: [["node_modules/.bin/tsc"], ["node", "out/shop.js"]],
  },
  {
    name: "typescript-commonjs",
    manifest: { type: "commonjs" },
    files: {
      "shop.ts": IMPORTS + BODY + RUN,
      "tsconfig.json": tsconfig.replace('"strict"', '"esModuleInterop":true,"strict"'),
    },
    commands: [["node_modules/.bin/tsc"], ["node", "out/shop.js"]],
  },
  {
    name: "javascript-import",
    manifest: { type: "module" },
    files: { "shop.js": untyped(IMPORTS + BODY) + RUN },
    commands: [["node", "shop.js"]],
  },
  {
    name: "javascript-require",
    manifest: { type: "commonjs" },
    files: { "shop.js": untyped(REQUIRES + BODY) + RUN },
    commands: [["node", "shop.js"]],
  },
];

/** The same under Jest, which takes CommonJS only. */
export const jest: ConsumerProject = {
  name: "jest",
  manifest: { type: "commonjs" },
  files: { "shop.test.js": `${untyped(REQUIRES + BODY)}test("an order arrives", () => main());\n` },
  commands: [["node", "node_modules/jest/bin/jest.js", "--ci"]],
};

/** The command line, as npm places it. */
export const commandLine: ConsumerProject = {
  name: "command-line",
  manifest: { type: "module" },
  files: { "order.json": JSON.stringify(ORDER) },
  commands: [
    ["node", "node_modules/avantlink-s2s/dist/main.js", "--help"],
    ["node", "node_modules/avantlink-s2s/dist/main.js", "validate", "order.json", "--strict"],
    ["node", "node_modules/avantlink-s2s/dist/main.js", "backfill", "order.json", "--format", "ndjson"],
  ],
};
