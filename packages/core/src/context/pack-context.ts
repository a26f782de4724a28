import { cutText } from "../privacy/scrub.ts";
import { readFields } from "../untrusted-value.ts";
import { deniedParts } from "./consent.ts";
import {
  cleanContext,
  cleanIds,
  ID_LISTS,
  type PayloadOptions,
  TEXTS,
  type TrackingContext,
  withoutGaps,
} from "./context.ts";

const PREFIX = "avantlink_";
const VERSION = "1";
/** Stripe's limit for a metadata value; other platforms allow more. */
const MAX_VALUE = 500;
const MAX_PARTS = 8;
const MAX_PACKED_IDS = 5;
const MAX_PACKED_LENGTH = 2_500;

const CHOICES = ["consent", "gpc"] as const satisfies readonly (keyof TrackingContext)[];

const FIELDS = [...TEXTS, ...ID_LISTS, ...CHOICES];

/**
 * A plain copy of a context, which a database may give back as an object of its own class. Nothing where the object has
 * none of a context's fields, unless it is a plain object with nothing in it.
 */
export function readContext(given: object): TrackingContext | undefined {
  const isEmpty =
    Object.keys(given).length === 0 && Object.prototype.toString.call(given) === "[object Object]";
  if (!isEmpty && !FIELDS.some((field) => field in given)) return undefined;
  const fields = readFields(given, FIELDS);
  return { ...withoutGaps(fields), ...deniedParts(fields) };
}

/**
 * A context as flat text, to travel with a payment or an order: keys begin with `avantlink_`, a value longer than
 * 500 characters goes on in `…_2`, `…_3`. It fits a Stripe session's metadata. It holds what would be
 * sent: URLs scrubbed, e-mail addresses among the IDs hashed and removed everywhere else. Give the tracker's
 * `keepParameters` where it has some.
 */
export function packContext(
  context: TrackingContext,
  options: Pick<PayloadOptions, "keepParameters"> = {},
): Record<string, string> {
  // A promise has no fields: a denial in it would be lost without a word.
  if (typeof Reflect.get(Object(context), "then") === "function")
    throw new TypeError(
      "avantlink-s2s: packContext expects a context; write packContext(await tracker.contextOf(…))",
    );
  const packed: Record<string, string> = { [`${PREFIX}version`]: VERSION };
  const put = (field: keyof TrackingContext, value: string) => {
    for (let rest = value, part = 1; rest !== ""; part++) {
      const piece = cutText(rest, MAX_VALUE);
      packed[keyOf(field, part)] = piece;
      rest = rest.slice(piece.length);
    }
  };
  const clean = cleanContext(context, { keepParameters: options.keepParameters });
  for (const field of TEXTS) put(field, clean[field]);
  for (const field of ID_LISTS) put(field, packedIds(clean[field]));
  const choice = readFields(context, CHOICES);
  const denied = deniedParts(choice);
  put("consent", denied.consent ?? (choice.consent === "granted" ? "granted" : ""));
  put("gpc", denied.gpc ? "1" : "");
  return packed;
}

/**
 * The context out of a record that {@link packContext} wrote, whatever else the record holds. Never fails: what is
 * missing or damaged is left out, but a choice that cannot be read is a denial.
 */
export function unpackContext(record: unknown): TrackingContext {
  const at = (key: string): unknown => readFields(record, [key])[key];
  const read = (field: keyof TrackingContext): string => {
    let value = "";
    for (let part = 1; part <= MAX_PARTS; part++) {
      const piece = at(keyOf(field, part));
      if (typeof piece !== "string" || piece.length > MAX_VALUE) break;
      value += piece;
    }
    return value;
  };
  const context: Partial<Record<keyof TrackingContext, unknown>> = {};
  if (at(`${PREFIX}version`) === VERSION) {
    for (const field of TEXTS) context[field] = read(field) || undefined;
    for (const field of ID_LISTS) context[field] = unpackedIds(read(field));
  }
  const [consent, gpc] = CHOICES.map((field) => at(keyOf(field, 1)));
  if (consent === "granted") context.consent = consent;
  // A denial counts whichever version packed it, and however the platform gave it back.
  Object.assign(context, deniedParts({ consent, gpc }));
  return withoutGaps(context);
}

/** The first IDs that fit, none of them cut. */
function packedIds(ids: readonly string[]): string {
  let packed = "";
  for (let count = Math.min(ids.length, MAX_PACKED_IDS); count > 0; count--) {
    packed = JSON.stringify(ids.slice(0, count));
    if (packed.length <= MAX_PACKED_LENGTH) return packed;
  }
  return "";
}

function unpackedIds(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const ids = Array.isArray(value) ? cleanIds(value.filter((entry) => typeof entry === "string")) : [];
    return ids.length > 0 ? ids : undefined;
  } catch {
    return undefined;
  }
}

/** The key of a field's part: `avantlink_current_url`, `avantlink_current_url_2`. */
function keyOf(field: string, part: number): string {
  const name = PREFIX + field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return part === 1 ? name : `${name}_${part}`;
}
