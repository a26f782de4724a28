import { createTracker } from "@avantlink-s2s/core";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { onTestFinished } from "vitest";
import { startCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../../support/outboxes.ts";

/** An order whose every text wants to be markup, or to turn the text around it. */
export const HOSTILE = '<img src=x onerror="alert(1)">\u202e\'; $(true) `x`';

/** A shop during an outage: 1001 is delivered, 1002 a dead letter, 1003 and a hostile one wait, 1004 is invalid. */
export async function anOutage(address: OutboxAddress): Promise<Sandbox> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const log = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: await outboxAt(address),
    // The next try is far away, so that the order waits for as long as a test takes.
    retry: { baseDelayMs: 600_000, maxDelayMs: 900_000 },
    onEvent: log.onEvent,
  });
  await tracker.trackOrder(anOrder(), aContext());
  await log.waitFor("delivered");
  sandbox.fail({ status: 422, body: { error: HOSTILE, error_key: "client.x" }, times: 1 });
  await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  await log.waitFor("dead");
  sandbox.fail({ status: 503 });
  await tracker.trackOrder(anOrder({ orderNumber: "1003" }), aContext());
  await log.waitFor("retrying");
  await tracker.trackOrder(anOrder({ orderNumber: HOSTILE }), aContext({ userAgent: HOSTILE }));
  await log.waitFor("retrying", 2);
  await tracker.trackOrder(anOrder({ orderNumber: "1004", currency: "dollars" }), aContext());
  await tracker.close({ timeoutMs: 0 });
  return sandbox;
}

/** The options that name an outbox. */
export function optionsFor(address: OutboxAddress): readonly string[] {
  if (address.kind === "sqlite") return ["--sqlite", address.path];
  if (address.kind === "bullmq") return ["--redis", address.url, "--queue", address.queue];
  return ["--postgres", address.url, "--schema", address.schema];
}

/** Opens the desk as a user would, and returns its address. */
export async function openDesk(
  address: OutboxAddress,
  env: Readonly<Record<string, string>> = { AVANTLINK_MERCHANT_ID: MERCHANT_ID },
): Promise<string> {
  const { process: desk, finished } = startCommand(["desk", "--json", ...optionsFor(address)], { env });
  onTestFinished(async () => {
    desk.kill("SIGINT");
    await finished;
  });
  const printed = await new Promise<string>((resolve, reject) => {
    let text = "";
    desk.stdout?.on("data", (chunk: Buffer) => {
      text += chunk;
      if (text.includes("}")) resolve(text);
    });
    void finished.then(({ stderr }) => reject(new Error(`The desk did not start: ${stderr}`)));
  });
  return JSON.parse(printed).url;
}
