import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circlesOf } from "./circles.ts";
import { files, importsOf, neighborsOf, read, sources } from "./sources.ts";

/** Which of our packages a package may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sandbox: [],
  express: ["core"],
  web: ["core"],
  next: ["core", "web"],
  outbox: ["core"],
  orders: ["core"],
  cli: ["core", "orders", "outbox", "sandbox"],
};

/** The rooms of core, lowest first. A room imports only rooms that stand before it, types included. */
const ROOMS = [
  "version runtime recent-keys errors foreign-error findings untrusted-value",
  "money/",
  "privacy/",
  "context/",
  "consent/",
  "order/",
  "outbox/",
  "reporting/",
  "options/",
  "delivery/",
  "tracker/",
  "index index.edge public adapter money consent",
].map((room) => room.split(" "));

/** Imports against the direction, until they are removed. An entry that no longer holds fails the test. */
const KNOWN_IMPORTS: readonly string[] = [];

/** Circles, until they are removed. An entry that no longer holds fails the test. */
const KNOWN_CIRCLES: readonly string[] = [];

const packageOf = (file: string) => file.split("/")[1] ?? "";
const names = [...new Set(sources.map(packageOf))];

test.each(names)("the package %s imports only the packages of ours that it may", (name) => {
  const allowed = PACKAGES[name] ?? expect.unreachable(`packages/${name} is in no rule of this test`);
  const imported = sources
    .filter((file) => packageOf(file) === name)
    .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
    .filter(({ file, specifier }) => {
      const ours = /^@avantlink-s2s\/([^/]+)/.exec(specifier)?.[1];
      if (ours !== undefined) return !allowed.includes(ours);
      return specifier.startsWith(".") && !join(file, "..", specifier).startsWith(`packages/${name}/src/`);
    });
  expect(imported).toEqual([]);
});

describe("in core", () => {
  const pathInCore = (file: string) => file.replace("packages/core/src/", "");
  const roomOf = (file: string) => {
    const [first = "", rest] = pathInCore(file).split("/");
    const room = rest === undefined ? first.replace(/\.ts$/, "") : `${first}/`;
    const index = ROOMS.findIndex((members) => members.includes(room));
    return index < 0 ? expect.unreachable(`${file} is in no room of this test`) : index;
  };

  test("a room imports only rooms before it, types included", () => {
    const against = sources
      .filter((file) => packageOf(file) === "core")
      .flatMap((file) => neighborsOf(file).map((neighbor) => [file, neighbor] as const))
      .filter(([file, neighbor]) => roomOf(neighbor) > roomOf(file))
      .map((pair) => pair.map(pathInCore).join(" → "));
    expect(against.sort()).toEqual(KNOWN_IMPORTS);
  });
});

test("CONTRIBUTING.md shows the rooms of core in this order", () => {
  const rooms = ROOMS.flat().filter((room) => room.endsWith("/"));
  const [shown = ""] = /`money`\s+→[\s\S]+?`tracker`/.exec(read("CONTRIBUTING.md")) ?? [];
  expect(shown.replaceAll(/\s+/g, " ")).toBe(rooms.map((room) => `\`${room.slice(0, -1)}\``).join(" → "));
});

test("no files import each other in a circle, types included", () => {
  const searched = files.filter((file) => /^(?:packages\/[^/]+\/src|bench|examples)\/.*\.tsx?$/.test(file));
  const circles = circlesOf(searched, neighborsOf).map((circle) => {
    const folder = circle[0]?.replace(/\/[^/]+$/, "") ?? "";
    return `${folder}: ${circle.map((file) => file.replace(`${folder}/`, "")).join(" ")}`;
  });
  expect(circles.sort()).toEqual(KNOWN_CIRCLES);
});

test("a circle is found, also behind files that are in none", () => {
  const graph: Readonly<Record<string, readonly string[]>> = {
    a: ["b"],
    b: ["c", "d"],
    c: [],
    d: ["e", "c"],
    e: ["f"],
    f: ["d", "b"],
    g: ["a"],
  };
  expect(circlesOf(Object.keys(graph), (node) => graph[node] ?? [])).toEqual([["b", "d", "e", "f"]]);
});
