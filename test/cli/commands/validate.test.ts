import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toOrderPayload } from "@avantlink-s2s/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { aContext, anOrder } from "../../support/orders.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function validate(value: unknown, ...args: string[]) {
  const file = join(folder, "given.json");
  await writeFile(file, typeof value === "string" ? value : JSON.stringify(value));
  const { code, stdout, stderr } = await runCommand(["validate", file, "--json", ...args]);
  return { code, stderr, answer: stdout === "" ? undefined : JSON.parse(stdout) };
}

function aPayload(): Record<string, unknown> {
  const mapped = toOrderPayload(anOrder(), aContext());
  if (!mapped.ok) throw mapped.error;
  return { ...mapped.payload };
}

describe("an order", () => {
  test("with nothing wrong about it is ok", async () => {
    const { code, answer } = await validate({ ...anOrder(), context: aContext() });
    expect(answer).toEqual({ ok: true, kind: "order", problems: [] });
    expect(code).toBe(0);
  });

  test("is not ok for each field that would refuse it", async () => {
    const { code, answer } = await validate(anOrder({ currency: "dollars", subtotal: "-1" }));
    expect(answer).toMatchObject({ ok: false, kind: "order" });
    expect(answer.problems.map(({ field, rule }: { field: string; rule: string }) => [field, rule])).toEqual([
      ["currency", "order.invalid"],
      ["subtotal", "order.invalid"],
    ]);
    expect(code).toBe(1);
  });

  test("with a missing SKU is ok with a warning, and not ok where warnings count", async () => {
    const order = anOrder({ products: [{ unitPrice: 5, quantity: 1 }] });
    const { code, answer } = await validate(order);
    expect(answer.problems).toMatchObject([
      { severity: "warning", field: "products[0].sku", rule: "product.sku-missing" },
    ]);
    expect(code).toBe(0);
    expect((await validate(order, "--strict")).code).toBe(1);
  });
});

describe("a payload", () => {
  test("as the mapper makes it is ok", async () => {
    const { code, answer } = await validate(aPayload());
    expect(answer).toMatchObject({ ok: true, kind: "order payload" });
    expect(code).toBe(0);
  });

  test("without any ID is refused as AvantLink refuses it", async () => {
    const tracking_ids = { user_id: [], visitor_id: [], avantlink_avad: "" };
    const { code, answer } = await validate({ ...aPayload(), tracking_ids });
    expect(answer.problems).toMatchObject([
      { severity: "error", rule: "client.model.merchants_tracking.tracking_ids.blank" },
    ]);
    expect(code).toBe(1);
  });

  test("is read from stdin for -, and reported field by field", async () => {
    const payload = aPayload();
    payload.order = { ...Object(payload.order), currency: "dollars" };
    const { code, stdout } = await runCommand(["validate", "-"], { stdin: JSON.stringify(payload) });
    expect(stdout).toContain("order.currency");
    expect(stdout).toContain("not ok (order payload;");
    expect(code).toBe(1);
  });

  test("of a click is held against the click's own rules", async () => {
    const { order: _, ...click } = aPayload();
    expect((await validate(click)).answer).toMatchObject({ ok: true, kind: "click payload" });
  });
});

test("text that is not JSON is an error that repeats none of the text", async () => {
  const { code, answer, stderr } = await validate("jane@shop.example, 4111 1111");
  expect(answer).toBeUndefined();
  expect(stderr).toContain("is not JSON");
  expect(stderr).not.toContain("jane");
  expect(code).toBe(1);
});

test("a file that is not there is out of reach, and a missing argument is wrong use", async () => {
  expect((await runCommand(["validate", join(folder, "none.json")])).code).toBe(3);
  expect((await runCommand(["validate"])).code).toBe(2);
});

test("no escape sequence of a file reaches the terminal", async () => {
  const order = { ...aPayload(), "\u001b[31mred": 1, order: { ...anOrder(), "\u001b]0;title\u0007": 1 } };
  const { stdout, stderr } = await runCommand(["validate", "-"], { stdin: JSON.stringify(order) });
  expect(stdout + stderr).not.toContain("\u001b");
});
