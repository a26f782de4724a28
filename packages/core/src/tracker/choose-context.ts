import { deniedParts } from "../context/consent.ts";
import type { ReadRequest, TrackingContext } from "../context/context.ts";
import type { Finding } from "../findings.ts";

/** Where an order's context may come from. */
export interface ContextSources {
  /** The context that travelled with the order: out of a payment's metadata, or mapped by a platform's mapper. */
  readonly carried?: TrackingContext | undefined;
  /** The context that the caller gave. */
  readonly given?: TrackingContext | undefined;
  /** The request that the caller gave. */
  readonly request?: ReadRequest | undefined;
}

/** The context that an order is sent with. */
export interface ChosenContext {
  readonly context: TrackingContext;
  readonly findings: readonly Finding[];
}

/**
 * A denial counts whichever source has it. Of a payment provider's request nothing counts beside a context that was
 * carried or given. A browser's request completes such a context only where it has our cookies: it may as well be the
 * browser of the shop's own staff.
 */
export function chooseContext({ carried, given, request }: ContextSources): ChosenContext {
  const kept: TrackingContext = { ...carried, ...withoutGaps(given) };
  const hasKept = isKept(kept);
  const read = request && (request.isBrowser || !hasKept) ? request : undefined;
  const denial: TrackingContext = Object.assign({}, ...[carried, given, read?.context].map(deniedParts));
  if (!read) return { context: { ...kept, ...denial }, findings: [] };
  if (!hasKept || read.hasOurCookies) {
    return { context: { ...kept, ...read.context, ...denial }, findings: otherClick(kept, read.context) };
  }
  return { context: { ...kept, ...denial }, findings: unused(read.context) };
}

/** Whether a context that was carried or given says anything. */
export function isKept(context: TrackingContext): boolean {
  return Object.keys(withoutGaps(context)).length > 0;
}

function withoutGaps(context: TrackingContext | undefined): TrackingContext {
  return Object.fromEntries(Object.entries(context ?? {}).filter(([, value]) => value !== undefined));
}

function otherClick(kept: TrackingContext, read: TrackingContext): readonly Finding[] {
  if (kept.avad === undefined || read.avad === undefined || kept.avad === read.avad) return [];
  const message =
    "differs between the order's own context and the request's cookies; the cookie is sent, because it is newer";
  return [{ code: "context.not-used", path: "context.avad", message }];
}

const CONSENT_FIELDS: ReadonlySet<string> = new Set(["consent", "gpc"]);

function unused(read: TrackingContext): readonly Finding[] {
  const names = Object.keys(read).filter((name) => !CONSENT_FIELDS.has(name));
  if (names.length === 0) return [];
  const message = `The request's ${names.join(", ")} were not used: the order carries its own context, and the request has none of our cookies.`;
  return [{ code: "context.not-used", path: "context", message }];
}
