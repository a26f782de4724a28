import type { Endpoint } from "../contract.ts";
import { bodies } from "../fields.ts";
import type { Finding } from "../records.ts";
import { info } from "./finding.ts";
import { checkMoney } from "./money.ts";
import { checkHeaders } from "./request-head.ts";
import { checkShape } from "./shape.ts";
import { checkShopper } from "./shopper.ts";
import { checkTexts } from "./texts.ts";
import { checkTrackingIds } from "./tracking-ids.ts";

/** A request, as far as its findings depend on it alone. */
export interface CheckedRequest {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Everything that can be found in a request without knowing the others. */
export function* check({ endpoint, headers, body }: CheckedRequest): Generator<Finding> {
  yield* checkHeaders(headers);
  yield* checkShape(body, bodies[endpoint]);
  yield* checkTrackingIds(body, endpoint);
  yield* checkShopper(body);
  if (endpoint === "order") yield* checkMoney(body);
  yield* checkTexts(body);
}

const gravity = { error: 0, warning: 1, info: 2 } as const;
const mostFindings = 100;
const longestPath = 200;

/** Gravest first, and no more than a person will read. */
export function arrange(findings: Iterable<Finding>): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => gravity[a.severity] - gravity[b.severity]);
  const kept = sorted.slice(0, mostFindings).map((finding) => ({ ...finding, path: shorten(finding.path) }));
  const left = sorted.length - kept.length;
  return left === 0 ? kept : [...kept, info("body", `${left} further findings are not shown.`)];
}

function shorten(path: string): string {
  return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path;
}
