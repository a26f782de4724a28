import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AvantLinkError, type ErrorCode, type FindingCode, type TrackingEvent } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { createReport } from "../../../packages/core/src/reporting/report.ts";
import { SKIP_REASONS } from "../../../packages/core/src/reporting/skip-reasons.ts";
import { testClock } from "../../support/clock.ts";

function aConsole(onEvent?: (event: TrackingEvent) => void) {
  const clock = testClock();
  const warned: string[] = [];
  const informed: string[] = [];
  const print = { warn: (line: string) => warned.push(line), info: (line: string) => informed.push(line) };
  return { clock, warned, informed, report: createReport(onEvent, clock, print) };
}

const rejected = (orderNumber: string, ...paths: string[]): TrackingEvent => ({
  type: "rejected",
  kind: "order",
  orderNumber,
  findings: [],
  error: new AvantLinkError("order.invalid", {
    issues: paths.map((path) => ({ path, message: "is missing" })),
  }),
});
const problem = (code: ErrorCode): TrackingEvent => ({ type: "problem", error: new AvantLinkError(code) });
const accepted = (orderNumber: string, code: FindingCode, path: string): TrackingEvent => ({
  type: "accepted",
  kind: "order",
  orderNumber,
  findings: [{ code, path, message: "is missing" }],
});

test("an error is one line: the code, the fields, what to do, and the order's number", () => {
  const { report, warned } = aConsole();
  report(rejected("1001", "currency", "products[0].unitPrice"));
  expect(warned).toEqual([
    expect.stringMatching(
      /^\[avantlink-s2s\] order\.invalid: [^\n]+\. currency: is missing; products\[0\]\.unitPrice: is missing\. [^\n]+\. \(order 1001\)$/,
    ),
  ]);
});

test("each code and field is printed, however many orders come within a second", () => {
  const { report, warned } = aConsole();
  report(rejected("1", "currency"));
  report(rejected("2", "orderNumber"));
  report(rejected("3", "products[0].unitPrice"));
  report(rejected("4", "currency", "orderNumber"));
  report(problem("outbox.unfit"));
  expect(warned).toHaveLength(5);
});

test("one code and field is one line a minute, with the number of the lines left out", () => {
  const { report, warned, clock } = aConsole();
  for (const order of ["1", "2", "3", "4"]) report(rejected(order, `products[${order}].sku`));
  expect(warned).toHaveLength(1);
  clock.advance(59_999);
  expect(warned).toHaveLength(1);
  clock.advance(1);
  expect(warned).toHaveLength(2);
  expect(warned[1]).toMatch(/\(order 4\) \(2 more like this in the last minute\)$/);

  report(rejected("5", "products[0].sku"));
  clock.advance(60_000);
  expect(warned).toHaveLength(3);
  expect(warned[2]).toMatch(/\(order 5\)$/);
  clock.advance(60_000);
  expect(clock.next()).toBeUndefined();
  report(rejected("6", "products[0].sku"));
  expect(warned).toHaveLength(4);
});

test("that an ordinary order has no click is information, printed once", () => {
  const { report, warned, informed, clock } = aConsole();
  for (const order of ["1", "2", "3"]) {
    report(accepted(order, "context.no-id", "context.visitorIds"));
    clock.advance(3_600_000);
  }
  expect(warned).toEqual([]);
  expect(informed).toEqual(["[avantlink-s2s] context.no-id: context.visitorIds is missing (order 1)"]);
});

test("why the platform calls an order unpaid is information, printed once", () => {
  const { report, warned, informed } = aConsole();
  const message = "is not captured. If the order is paid, give isPaid";
  const findings = [{ code: "mapper.skipped", path: "payment_status", message }] as const;
  for (const orderNumber of ["7", "8"])
    report({ type: "skipped", kind: "order", orderNumber, reason: "unpaid", findings });
  expect(warned).toEqual([]);
  expect(informed).toEqual([
    "[avantlink-s2s] skipped: An order is not sent. The order is not paid. (order 7)",
    `[avantlink-s2s] mapper.skipped: payment_status ${message} (order 7)`,
  ]);
});

test.each(Object.keys(SKIP_REASONS))("an order that is skipped (%s) is one line that says why", (reason) => {
  const { report, warned, informed } = aConsole();
  const event = { type: "skipped", kind: "order", orderNumber: "7", reason, findings: [] } as const;
  report(event);
  report(event);
  const lines = [...warned, ...informed];
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\[avantlink-s2s\] skipped: An order is not sent\. [A-Z].*\. \(order 7\)$/);
  expect(warned).toHaveLength(["no-order", "not-confirmed", "method"].includes(reason) ? 1 : 0);
});

test("the shop's own reason to skip is printed, cleaned", () => {
  const { report, informed } = aConsole();
  const about = { type: "skipped", kind: "order", orderNumber: "", findings: [] } as const;
  report({ ...about, reason: "wholesale, jane@doe.com" });
  expect(informed).toEqual([
    "[avantlink-s2s] skipped: An order is not sent. The shop skipped it: wholesale, [removed].",
  ]);
});

test("what a shop hears by its listener is not printed as well", () => {
  const heard: TrackingEvent[] = [];
  const { report, warned } = aConsole((event) => void heard.push(event));
  report(problem("outbox.unfit"));
  expect(heard).toHaveLength(1);
  expect(warned).toEqual([]);
});

test.each([
  ["throws", () => expect.unreachable("jane@doe.com is missing")],
  ["rejects", async () => Promise.reject(new Error("jane@doe.com is missing"))],
])("a listener that %s is named, with its message cleaned", async (_, listener) => {
  const { report, warned } = aConsole(listener);
  report(problem("outbox.unfit"));
  await expect.poll(() => warned.length).toBe(1);
  expect(warned[0]).toMatch(/hook\.threw: .*onEvent threw .*\[removed\] is missing/);
});

test("without a listener the process's own console is used", async () => {
  const source = `
    import { createTracker } from "@avantlink-s2s/core";
    const tracker = createTracker({ mode: "dry-run" });
    await tracker.trackOrder({ orderNumber: "1", currency: "US" }, { avad: "77_f3" });`;
  const args = ["--conditions=@avantlink-s2s/source", "--input-type=module", "--eval", source];
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
  expect(stderr).toMatch(/^\[avantlink-s2s\] order\.invalid: .*currency: .*\(order 1\)\n$/);
});
