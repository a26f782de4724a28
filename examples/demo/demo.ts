import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finding, type OrderRecord, type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { annotate } from "./annotated-json.ts";
import { fieldSources, sumOfLines } from "./field-sources.ts";
import * as report from "./report.ts";
import { freePort, type ShopCommand, type ShopProcess, startShop } from "./shop-process.ts";
import { openBrowser, Unexpected } from "./shopper.ts";
import { staysOpen, untilCtrlC, untilInterrupted } from "./terminal.ts";
import { buy, type Landing, land, type Purchase, plan, refresh } from "./walk.ts";

/** What the demo needs to know about its shop. */
export interface DemoShop {
  readonly title: string;
  /** The command that opens the shop. `folder` is empty and holds the files of the shop. */
  command(port: number, folder: string): ShopCommand;
  /** When the order is sent, in relation to the page. */
  readonly sends: string;
  /** The exit code of the shop after SIGTERM. @default 0 */
  readonly endsWith?: number;
}

const SHOP_PORT = 4020;
const SANDBOX_PORT = 4021;
const MERCHANT_ID = "123e4567-e89b-12d3-a456-426614174000";
const QUIET_MS = 1_000;

/** Opens a sandbox and a shop, walks a shopper through it, and shows what AvantLink received. */
export async function runDemo(shop: DemoShop): Promise<void> {
  const interrupted = untilInterrupted();
  try {
    await using open = new AsyncDisposableStack();
    const stays = staysOpen();
    const folder = await mkdtemp(join(tmpdir(), "avantlink-demo-"));
    open.defer(() => rm(folder, { recursive: true, force: true }));
    const sandbox = await startSandbox({ port: await freePort(SANDBOX_PORT) });
    open.defer(() => sandbox.close());
    const { args, cwd, env } = shop.command(await freePort(SHOP_PORT), folder);
    const running = open.use(
      await startShop({
        args,
        cwd,
        env: { ...env, AVANTLINK_ENDPOINT: sandbox.url, AVANTLINK_MERCHANT_ID: MERCHANT_ID },
      }),
    );
    report.heading(shop.title);
    report.line(`the shop      ${running.url}`);
    report.line(`the sandbox   ${sandbox.url}   answers in AvantLink's place; nothing leaves this machine`);
    const walked = await Promise.race([
      walk(running, sandbox, shop).then(() => true),
      interrupted.then(() => false),
    ]);
    if (!walked) process.exitCode = 130;
    else if (stays) await leaveOpen(running, sandbox, interrupted);
    else await endInOrder(running, sandbox, shop);
  } catch (error) {
    process.exitCode = 1;
    report.failure(error);
  }
}

async function walk(shop: ShopProcess, sandbox: Sandbox, { sends }: DemoShop): Promise<void> {
  const show = report.stepReporter();
  const shopper = openBrowser();

  const landing = await land(shopper, shop.url, plan, show);
  await sandbox.waitForClicks(1);
  report.good("AvantLink got the click.");

  const purchase = await buy(shopper, plan, show);
  const [order] = await sandbox.waitForOrders(1);
  if (!order) throw new Unexpected("No order arrived.");
  report.good(`AvantLink got the order, ${sends}: the shopper waited for nothing.`);

  await refresh(shopper, purchase, show);
  await expectNothingMore(sandbox);
  report.good("AvantLink got nothing more: an order is sent once.");

  showOrder(order, landing, purchase);
  showFindings(sandbox, order);
}

async function expectNothingMore(sandbox: Sandbox): Promise<void> {
  const before = sandbox.requests.length;
  const arrived = await sandbox.waitForRequests(before + 1, { timeoutMs: QUIET_MS }).then(
    () => true,
    () => false,
  );
  if (arrived) throw new Unexpected("The refresh sent something to AvantLink.");
}

function showOrder(order: OrderRecord, landing: Landing, purchase: Purchase): void {
  const body = JSON.parse(order.raw);
  report.heading("The order, as AvantLink received it, and where each field came from");
  report.line(`POST /merchants/${order.merchantId}/tracking/order`);
  const exact = JSON.stringify(body) === order.raw;
  report.line(`${Buffer.byteLength(order.raw)} bytes${exact ? ", on one line; broken into lines here" : ""}`);
  report.line();
  report.annotatedJson(annotate(body, fieldSources(body, landing, purchase, plan)));
  report.line();
  report.good(`The lines come to the subtotal: ${sumOfLines(body, purchase)}.`);
}

function showFindings(sandbox: Sandbox, order: OrderRecord): void {
  const [click] = sandbox.clicks;
  if (!click || order.click !== click.id || order.attributedBy !== "avantlink_avad") {
    throw new Unexpected("The order cannot be attributed to the click by its token.");
  }
  report.good("The order meets the click by its token, and both carry the same visitor.");
  const findings = [...click.findings, ...order.findings];
  const lineOf = ({ severity, path, message }: Finding) => `${severity}: ${path}: ${message}`;
  if (findings.some(({ severity }) => severity !== "info")) {
    throw new Unexpected(`The sandbox has findings:\n${findings.map(lineOf).join("\n")}`);
  }
  report.good("The sandbox checked both calls against AvantLink's articles and found nothing wrong.");
  for (const remark of new Set(findings.map(lineOf))) report.line(`  ${remark}`);
}

async function leaveOpen(shop: ShopProcess, sandbox: Sandbox, interrupted: Promise<void>): Promise<void> {
  report.heading("Both stay open for you");
  report.line(`the shop      ${shop.url}/?avad=your_click&utm_source=avantlink`);
  report.line(`the sandbox   ${sandbox.url}   shows what AvantLink would receive`);
  report.line("Ctrl-C ends both.");
  let closed = false;
  const ended = shop.ended.then(() => {
    closed = true;
  });
  await untilCtrlC(Promise.race([interrupted, ended]));
  if (closed) throw new Unexpected("The shop ended by itself.");
}

async function endInOrder(shop: ShopProcess, sandbox: Sandbox, { endsWith = 0 }: DemoShop): Promise<void> {
  const ended = await shop.stop();
  if (ended !== endsWith) throw new Unexpected(`The shop got SIGTERM and ended with ${ended}.`);
  const { clicks, orders, requests } = sandbox;
  if (clicks.length !== 1 || orders.length !== 1 || requests.length !== 2) {
    throw new Unexpected(
      `${clicks.length} clicks and ${orders.length} orders arrived in ${requests.length} requests.`,
    );
  }
  report.heading("One click, one order. Everything ended cleanly.");
}
