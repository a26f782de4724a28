import { EventEmitter } from "node:events";
import { createTracker as createCoreTracker, memoryOutbox, type TrackingContext } from "@avantlink-s2s/core";
import {
  c15t,
  cookiebot,
  cookieYes,
  iabTcf,
  klaro,
  oneTrust,
  type ReaderOptions,
  vanillaCookieConsent,
} from "@avantlink-s2s/core/consent";
import { createTracker as createExpressTracker, trackOrders } from "@avantlink-s2s/express";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  C15T,
  COOKIEBOT,
  COOKIEYES,
  KLARO,
  ONETRUST,
  VANILLA_COOKIECONSENT,
} from "../core/consent/cookies.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const RUNS = Number(process.env.RANDOM_ORDERS ?? 500);

/** What the shop's consent hook does. */
const HOOKS = [
  "none",
  "allows",
  "denies",
  "asks the cookie",
  "reads the banner",
  "reads the banner, allows at first",
  "throws",
  "answers a promise",
  "answers 1",
] as const;
type Hook = (typeof HOOKS)[number];
/** What the banner's cookie says. */
const ANSWERS = [
  "granted",
  "denied",
  "missing",
  "broken",
  "granted and denied",
  "granted and broken",
] as const;
type Answer = (typeof ANSWERS)[number];
/** Each banner's reader, with the cookie of a shopper who granted and of one who denied. */
const TCF = "CQuci4AQuci4AFCABAENC3CsAP_AAH_AAAwIF5wAQF5gXnABAXmAAAAA";
const BANNERS = [
  { read: (options: ReaderOptions) => cookiebot("marketing", options), samples: COOKIEBOT },
  { read: (options: ReaderOptions) => oneTrust("C0004", options), samples: ONETRUST },
  { read: (options: ReaderOptions) => cookieYes("advertisement", options), samples: COOKIEYES },
  { read: (options: ReaderOptions) => vanillaCookieConsent("ads", options), samples: VANILLA_COOKIECONSENT },
  { read: (options: ReaderOptions) => klaro("avantlink", options), samples: KLARO },
  { read: (options: ReaderOptions) => c15t("marketing", options), samples: C15T },
  {
    read: (options: ReaderOptions) => iabTcf({ purposes: [1, 7], ...options }),
    samples: [
      [true, `euconsent-v2=${TCF}`],
      [false, "euconsent-v2=CQuci4AQuci4AAGABBENB3FgAAAAAAAAAAYgAAAAAAAA.YAAAAAAAAAAA"],
    ],
  },
] as const;
type Banner = (typeof BANNERS)[number];
/** What a context says that is carried with the order, or given. */
type Said = "nothing" | "plain" | "granted" | "denied" | "signal";
/** What the caller gives beside the order. */
type Source =
  | { readonly kind: "none" }
  | { readonly kind: "context"; readonly says: Said }
  | {
      readonly kind: "browser" | "raw";
      readonly gpc: string | undefined;
      readonly agrees: boolean;
      readonly answer: Answer;
    }
  | { readonly kind: "webhook"; readonly gpc: string | undefined }
  | { readonly kind: "unreadable" };

interface Case {
  readonly hook: Hook;
  readonly banner: Banner;
  readonly globalPrivacyControl: "honor" | "ignore";
  readonly carried: Said;
  readonly source: Source;
  readonly verb: "trackOrder" | "trackOrders";
}

const said = fc.constantFrom<Said>("nothing", "plain", "granted", "denied", "signal");
const gpc = fc.constantFrom(undefined, "", "0", "1", "1, 1", "?1", "1;foo", " ");
const cases: fc.Arbitrary<Case> = fc.record({
  hook: fc.constantFrom(...HOOKS),
  banner: fc.constantFrom(...BANNERS),
  globalPrivacyControl: fc.constantFrom("honor", "ignore"),
  carried: said,
  source: fc.oneof(
    fc.record({ kind: fc.constant("none" as const) }),
    fc.record({ kind: fc.constant("context" as const), says: said }),
    fc.record({
      kind: fc.constantFrom("browser" as const, "raw" as const),
      gpc,
      agrees: fc.boolean(),
      answer: fc.constantFrom(...ANSWERS),
    }),
    fc.record({ kind: fc.constant("webhook" as const), gpc }),
    fc.record({ kind: fc.constant("unreadable" as const) }),
  ),
  verb: fc.constantFrom("trackOrder", "trackOrders"),
});

/** Whether the order may be sent, by the rule alone: a denial from any source, read or carried, denies. */
function mayBeSent({ hook, globalPrivacyControl, carried, source }: Case): boolean {
  const isSignal = (value: Said) => value === "signal" && globalPrivacyControl === "honor";
  const denies = (value: Said) => value === "denied" || isSignal(value);
  if (denies(carried) || (source.kind === "context" && denies(source.says))) return false;
  if (source.kind === "none" || source.kind === "context") return true;
  if (source.kind === "unreadable") return hook === "none";
  const hasCarried = carried !== "nothing";
  if (source.kind === "webhook" && hasCarried) return true;
  const hasSignal = !["", "0", undefined].includes(source.gpc?.trim());
  if (hasSignal && globalPrivacyControl === "honor") return false;
  if (hook === "none" || hook === "allows") return true;
  const answer = source.kind === "webhook" ? "missing" : source.answer;
  if (hook === "reads the banner") return answer === "granted";
  if (hook === "reads the banner, allows at first") return !answer.endsWith("denied");
  return hook === "asks the cookie" && source.kind !== "webhook" && source.agrees;
}

function hookOf({ hook, banner }: Case): unknown {
  const hooks: Record<Hook, unknown> = {
    none: undefined,
    allows: () => true,
    denies: () => false,
    "asks the cookie": ({ cookies }: { cookies: Record<string, string> }) => cookies.consent === "yes",
    "reads the banner": banner.read({}),
    "reads the banner, allows at first": banner.read({ whenUnknown: "allow" }),
    throws: () => {
      throw new Error("the banner's own code broke");
    },
    "answers a promise": () => Promise.resolve(true),
    "answers 1": () => 1,
  };
  return hooks[hook];
}

function contextThatSays(value: Said): TrackingContext | undefined {
  if (value === "nothing") return undefined;
  const base = { avad: "77_carried", visitorIds: ["v-carried"] };
  if (value === "plain") return base;
  return value === "signal" ? { gpc: true } : { ...base, consent: value };
}

/** The banner's cookies in a Cookie header. */
function cookiesOf({ samples }: Banner, answer: Answer): string {
  const sample = (wanted: boolean) => samples.find(([granted]) => granted === wanted)?.[1] ?? "";
  const broken = `${sample(true).split("=")[0]}=%`;
  const cookies: Record<Answer, readonly string[]> = {
    granted: [sample(true)],
    denied: [sample(false)],
    missing: [],
    broken: [broken],
    "granted and denied": [sample(true), sample(false)],
    "granted and broken": [sample(true), broken],
  };
  return cookies[answer].map((cookie) => `; ${cookie}`).join("");
}

/** A request as Node and Express hand it over. */
function requestOf({ source, banner }: Case): object {
  if (source.kind === "unreadable") {
    return new Proxy(
      { headers: {}, url: "/", method: "GET" },
      {
        get(_, name) {
          if (name === "method") return "GET";
          throw new Error("the host has recycled this request");
        },
      },
    );
  }
  const headers: Record<string, string> = { host: "shop.example", "user-agent": "Mozilla/5.0" };
  if ("gpc" in source && source.gpc !== undefined) headers["sec-gpc"] = source.gpc;
  if (source.kind === "browser" || source.kind === "raw")
    headers.cookie = `consent=${source.agrees ? "yes" : "no"}${cookiesOf(banner, source.answer)}`;
  const raw = { method: "GET", url: "/thanks", headers, socket: { remoteAddress: "203.0.113.7" } };
  const app = {
    get: () => () => {
      throw new Error("the app's trust proxy function broke");
    },
  };
  if (source.kind === "raw") return raw;
  return Object.defineProperty({ ...raw, originalUrl: "/thanks", protocol: "https", app }, "ip", {
    get() {
      throw new Error("the app's trust proxy function broke");
    },
  });
}

/** As much of a response as the middleware watches. */
class ShopResponse extends EventEmitter {
  statusCode = 200;
  closed = false;
  writableFinished = false;
  write() {
    return true;
  }
  writeHead() {
    return this;
  }
  end() {
    this.writableFinished = true;
    this.emit("finish");
    return this;
  }
}

const trackers: { close(options: { timeoutMs: number }): Promise<unknown> }[] = [];
afterAll(() => Promise.all(trackers.map((tracker) => tracker.close({ timeoutMs: 0 }))));

/** Whether the order came to the outbox. */
async function isSent(given: Case): Promise<boolean> {
  const numbers: string[] = [];
  const inner = memoryOutbox();
  const outbox = {
    ...inner,
    put: async (...[job]: Parameters<typeof inner.put>) => {
      numbers.push(job.orderNumber);
      return { status: "accepted" as const };
    },
  };
  const options = {
    merchantId: MERCHANT_ID,
    endpoint: "http://127.0.0.1:9",
    outbox,
    consent: hookOf(given) as () => boolean,
    globalPrivacyControl: given.globalPrivacyControl,
    onEvent: () => {},
  };
  const tracker = createExpressTracker(options);
  const context = contextThatSays(given.carried);
  const mapped = { status: "mapped" as const, order: anOrder(), context, findings: [] };
  const { source } = given;
  if (source.kind === "none" || source.kind === "context") {
    const from = source.kind === "context" ? (contextThatSays(source.says) ?? {}) : undefined;
    const door = given.verb === "trackOrder" ? tracker : createCoreTracker(options);
    await door.trackOrder(mapped, from);
  } else if (given.verb === "trackOrder") {
    await tracker.trackOrder(mapped, requestOf(given) as never);
  } else {
    const response = new ShopResponse();
    const middleware = trackOrders(tracker, () => mapped);
    middleware(requestOf(given) as never, response as never, () => response.end());
    await tracker.flush({ timeoutMs: 1_000 });
  }
  await tracker.close({ timeoutMs: 0 });
  return numbers.length > 0;
}

test(`an order is sent exactly where nobody denied it, in ${RUNS} combinations`, {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      expect(await isSent(given)).toBe(mayBeSent(given));
    }),
    { numRuns: RUNS },
  );
});
