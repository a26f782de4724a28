import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clickBody, orderBody, post } from "./payloads.ts";

let sandbox: Sandbox;
let time: number;

beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  sandbox = await startSandbox({ now: () => time++ });
});

afterEach(() => sandbox.close());

interface Ids {
  readonly avad?: string;
  readonly visitors?: readonly string[];
  readonly users?: readonly string[];
}

const tracking = ({ avad = "", visitors = [], users = [] }: Ids) => ({
  tracking_ids: { user_id: users, visitor_id: visitors, avantlink_avad: avad },
});

const click = (ids: Ids, merchantId?: string) =>
  post(sandbox, "click", { ...clickBody(), ...tracking(ids) }, { ...(merchantId && { merchantId }) });

async function order(ids: Ids, number = "1") {
  const body = { ...orderBody(), ...tracking(ids) };
  body.order.order_number = number;
  await post(sandbox, "order", body);
  const { click, attributedBy, findings, repeatOf } = sandbox.orders.at(-1) ?? {};
  return {
    click,
    attributedBy,
    repeatOf,
    found: findings?.map(({ severity, path }) => `${severity} ${path}`),
  };
}

describe("an order is attributed", () => {
  it("to the click with its token, before one with its visitor", async () => {
    await click({ avad: "a", visitors: ["v"] });
    await click({ avad: "b", visitors: ["v"] });
    expect(await order({ avad: "a", visitors: ["v"] })).toMatchObject({
      click: "click-1",
      attributedBy: "avantlink_avad",
    });
  });

  it("to the newest click with its token", async () => {
    await click({ avad: "a", visitors: ["v"] });
    await click({ avad: "a", visitors: ["v"] });
    expect(await order({ avad: "a", visitors: ["v"] })).toMatchObject({ click: "click-2" });
  });

  it("to the newest click that shares one of its visitor IDs, when no token does", async () => {
    await click({ avad: "a", visitors: ["v1"] });
    await click({ avad: "b", visitors: ["v2"] });
    expect(await order({ visitors: ["v1", "v2"] })).toMatchObject({
      click: "click-2",
      attributedBy: "visitor_id",
    });
  });

  it("to the newest click that shares an account, when nothing else does", async () => {
    await click({ avad: "a", visitors: ["v"], users: ["u"] });
    expect(await order({ visitors: ["w"], users: ["u"] })).toMatchObject({
      click: "click-1",
      attributedBy: "user_id",
    });
  });

  it("to no click of another merchant, of another field, or with a blank", async () => {
    await click({ avad: "a", visitors: ["v", ""] }, "00000000-0000-4000-8000-000000000000");
    await click({ avad: "x", users: ["v", ""] });
    expect(await order({ avad: "a", visitors: ["v", ""] })).toMatchObject({
      click: undefined,
      attributedBy: undefined,
    });
  });

  it("to no click that comes after it", async () => {
    expect(await order({ avad: "a", visitors: ["v"] })).toMatchObject({ click: undefined, found: [] });
    await click({ avad: "a", visitors: ["v"] });
    expect(sandbox.orders[0]?.click).toBeUndefined();
  });

  it("to no click that was dropped to make room", async () => {
    const small = await startSandbox({ maxRecords: 2 });
    await post(small, "click", clickBody());
    await post(small, "click", { ...clickBody(), ...tracking({ avad: "other", visitors: ["w"] }) });
    await post(small, "order", orderBody());
    expect(small.orders[0]?.click).toBeUndefined();
    await small.close();
  });
});

describe("an order's visitor", () => {
  it("should be a visitor ID that a click with the token carried", async () => {
    await click({ avad: "a", visitors: ["v"] });
    expect(await order({ avad: "a", visitors: ["w"] })).toMatchObject({
      click: "click-1",
      found: ["warning tracking_ids.visitor_id"],
    });
  });

  it("may be that of any click with the token", async () => {
    await click({ avad: "a", visitors: ["v"] });
    await click({ avad: "a", visitors: ["w"] });
    expect(await order({ avad: "a", visitors: ["v"] })).toMatchObject({ found: [] });
  });

  it("is not known by a click that was dropped to make room, however often its token came again", async () => {
    const small = await startSandbox({ maxRecords: 3 });
    const findingsOf = async (visitor: string) => {
      const body = { ...orderBody(), ...tracking({ avad: "a", visitors: [visitor] }) };
      body.order.order_number = visitor;
      await post(small, "order", body);
      return small.orders.at(-1)?.findings.map(({ severity, path }) => `${severity} ${path}`);
    };
    for (const visitors of [["v1"], ["v1", "v2"], ["v3", "v4"], ["v3"]]) {
      await post(small, "click", { ...clickBody(), ...tracking({ avad: "a", visitors }) });
    }
    expect(await findingsOf("v3")).toEqual([]);
    expect(await findingsOf("v2")).toEqual(["warning tracking_ids.visitor_id"]);
    await small.close();
  });

  it("should not be missing when the click had one", async () => {
    await click({ avad: "a", visitors: ["v"] });
    const { found } = await order({ avad: "a", users: ["u"] });
    expect(found).toEqual(["warning tracking_ids.visitor_id"]);
    expect(sandbox.orders[0]?.findings[0]?.message).toContain(
      "The click carried a visitor ID and the order carries none",
    );
  });

  it("should not be missing beside an account that no click knew", async () => {
    await click({ avad: "a", visitors: ["v"] });
    expect((await order({ users: ["u"] })).found).toEqual(["warning tracking_ids.visitor_id"]);
    await click({ users: ["w"] });
    expect(await order({ users: ["w"] }, "2")).toMatchObject({ click: "click-2", found: [] });
  });
});

describe("an order number that comes again", () => {
  it("is a repeat and no finding when the body is the same", async () => {
    await order({ visitors: ["v"] }, "7");
    expect(await order({ visitors: ["v"] }, "7")).toMatchObject({ repeatOf: "order-1", found: [] });
    expect(await order({ visitors: ["v"] }, "8")).toMatchObject({ repeatOf: undefined });
  });

  it("is an error with another body, and names what differs", async () => {
    await order({ visitors: ["v"] }, "7");
    const { found } = await order({ visitors: ["w"], users: ["u"] }, "7");
    expect(found).toEqual(["error order.order_number"]);
    expect(sandbox.orders[1]?.findings[0]?.message).toContain(
      "They differ in tracking_ids.user_id, tracking_ids.visitor_id[0].",
    );
  });

  it("is worth a word when only the bytes differ", async () => {
    await post(sandbox, "order", JSON.stringify(orderBody()));
    await post(sandbox, "order", JSON.stringify(orderBody(), null, 2));
    expect(sandbox.orders[1]?.findings).toMatchObject([{ severity: "info", path: "order.order_number" }]);
  });

  it("is another order at another merchant", async () => {
    await post(sandbox, "order", orderBody());
    await post(sandbox, "order", orderBody(), { merchantId: "00000000-0000-4000-8000-000000000000" });
    expect(sandbox.orders[1]?.repeatOf).toBeUndefined();
  });
});
