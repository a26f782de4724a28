import type { Endpoint } from "../contract.ts";
import { bodies } from "../fields.ts";
import type { Finding } from "../records.ts";
import { eachText } from "./body-values.ts";
import { info, warning } from "./finding.ts";
import { checkMoney } from "./money.ts";
import { checkPersonalData } from "./personal-data.ts";
import { checkHeaders } from "./request-head.ts";
import { checkShape } from "./shape.ts";
import { checkShopper } from "./shopper.ts";
import { checkTrackingIds } from "./tracking-ids.ts";

/** A request, as far as its findings depend on it alone. */
export interface CheckedRequest {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Everything that can be found in a request without knowing the others. */
export function check({ endpoint, headers, body }: CheckedRequest): Finding[] {
  return [
    ...checkHeaders(headers),
    ...checkShape(body, bodies[endpoint]),
    ...checkTrackingIds(body, endpoint),
    ...checkShopper(body, endpoint),
    ...(endpoint === "order" ? checkMoney(body) : []),
    ...checkPersonalData(body),
    ...checkCharacters(body),
  ];
}

function checkCharacters(body: unknown): Finding[] {
  const findings: Finding[] = [];
  eachText(body, (path, text) => {
    if (!text.isWellFormed()) {
      findings.push(
        warning(path, "It holds half a character (a lone surrogate), which not every JSON reader takes."),
      );
    }
  });
  return findings;
}

const gravity = { error: 0, warning: 1, info: 2 } as const;
const mostFindings = 100;
const longestPath = 200;

/** Gravest first, and no more than a person will read. */
export function arrange(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => gravity[a.severity] - gravity[b.severity]);
  const kept = sorted.slice(0, mostFindings).map((finding) => ({ ...finding, path: shorten(finding.path) }));
  if (sorted.length > mostFindings) {
    const message = `${sorted.length - mostFindings} further findings are not shown.`;
    kept.push(info("body", message));
  }
  return kept;
}

function shorten(path: string): string {
  return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path;
}
