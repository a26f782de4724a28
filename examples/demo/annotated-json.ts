import { isDeepStrictEqual } from "node:util";
import type { Source } from "./field-sources.ts";
import { Unexpected } from "./shopper.ts";

/** A line of JSON, and where its value came from. */
export interface AnnotatedLine {
  readonly json: string;
  readonly from?: string | undefined;
}

/** JSON over several lines, each value beside its source. A value that is not what its source says is an error. */
export function annotate(value: unknown, sources: ReadonlyMap<string, Source>): readonly AnnotatedLine[] {
  return [...linesOf(value, "", 0, "", "")].map(({ json, path, leaf }) => {
    const source = sources.get(path);
    if (!leaf.is) return { json };
    if (!source) throw new Unexpected(`The order has a field ${path} that nobody expected.`);
    if (!isDeepStrictEqual(leaf.value, source.expected)) {
      const [is, should] = [JSON.stringify(leaf.value), JSON.stringify(source.expected)];
      throw new Unexpected(
        `${path} is ${is}; by what the shopper did (${source.from}) it should be ${should}.`,
      );
    }
    return { json, from: source.from };
  });
}

interface Line {
  readonly json: string;
  readonly path: string;
  readonly leaf: { readonly is: boolean; readonly value?: unknown };
}

function* linesOf(
  value: unknown,
  path: string,
  depth: number,
  before: string,
  after: string,
): Generator<Line> {
  const indent = "  ".repeat(depth);
  const inner = entriesOf(value, path);
  if (!inner) {
    yield { json: indent + before + JSON.stringify(value) + after, path, leaf: { is: true, value } };
    return;
  }
  const [opening, closing] = Array.isArray(value) ? "[]" : "{}";
  yield { json: `${indent}${before}${opening}`, path, leaf: { is: false } };
  for (const [index, { key, path: below, value: child }] of inner.entries()) {
    yield* linesOf(child, below, depth + 1, key, index < inner.length - 1 ? "," : "");
  }
  yield { json: `${indent}${closing}${after}`, path, leaf: { is: false } };
}

/** What is inside an object, or an array of objects; a list of plain values stays on one line. */
function entriesOf(value: unknown, path: string) {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) {
    return Object.entries(value).map(([name, child]) => ({
      key: `${JSON.stringify(name)}: `,
      path: path === "" ? name : `${path}.${name}`,
      value: child,
    }));
  }
  if (!value.some((child) => typeof child === "object")) return undefined;
  return value.map((child, index) => ({ key: "", path: `${path}[${index}]`, value: child }));
}
