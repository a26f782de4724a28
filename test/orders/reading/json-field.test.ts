import { expect, test } from "vitest";
import { Findings } from "../../../packages/orders/src/reading/findings.ts";
import { JsonField } from "../../../packages/orders/src/reading/json-field.ts";

function field(value: unknown) {
  const findings = new Findings();
  return { findings, field: new JsonField(value, "", findings) };
}

test("takes the first route that leads to something, and names the first when none does", () => {
  const { field: order } = field({ a: { b: null }, c: { d: 5 } });
  expect(order.at("a.b", "c.d")).toMatchObject({ path: "c.d", value: 5 });
  expect(order.at("a.b", "c.e")).toMatchObject({ path: "a.b", value: undefined, missing: true });
  expect(order.at("c.d.e").missing).toBe(true);
});

test.each([
  ["  #1001 ", "#1001"],
  [1001, "1001"],
  [10n, "10"],
  ["   ", undefined],
  [1.5, undefined],
  [Number.NaN, undefined],
  [true, undefined],
  [{}, undefined],
  ["9".repeat(8193), undefined],
])("reads %o as the text %o", (value, text) => {
  expect(field(value).field.text()).toBe(text);
});

test.each([
  ["an array", [1, 2], ["[0]", "[1]"]],
  ["a page of nodes", { nodes: [1] }, ["nodes[0]"]],
  ["a page of data", { data: [1] }, ["data[0]"]],
  ["a page of edges", { edges: [{ node: 1 }] }, ["edges[0].node"]],
])("lists the entries of %s", (_name, value, paths) => {
  expect(
    field(value)
      .field.list()
      ?.map(({ path }) => path),
  ).toEqual(paths);
});

test("lists nothing else, and no list of more than 5,000 entries", () => {
  expect(field({ length: 2, 0: 1 }).field.list()).toBeUndefined();
  const { field: endless, findings } = field(new Array(5_001));
  expect(endless.list()).toEqual([]);
  expect(findings.issues).toEqual([{ path: "", message: "holds more than 5000 entries" }]);
});

test.each([
  ["19.99", "19.99", []],
  [0.1, "0.1", []],
  [undefined, undefined, []],
  ["", undefined, []],
  ["nineteen", undefined, ["price"]],
  [Number.POSITIVE_INFINITY, undefined, ["price"]],
  [{ amount: 1 }, undefined, ["price"]],
])("reads the amount %o as %o, with issues at %j", (price, amount, paths) => {
  const { field: line, findings } = field({ price });
  expect(line.at("price").amount()?.toString()).toBe(amount);
  expect(findings.issues.map(({ path }) => path)).toEqual(paths);
});

test("adds an issue when an amount that is needed is missing", () => {
  const { field: line, findings } = field({});
  expect(line.at("price").needed("is missing").toString()).toBe("0");
  expect(findings.issues).toEqual([{ path: "price", message: "is missing" }]);
});
