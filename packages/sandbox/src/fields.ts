import { isObject, pathBelow } from "./checks/body-values.ts";
import type { Endpoint } from "./contract.ts";

/** What AvantLink's articles say of one field, in our words. */
export type Field = ValueField | ObjectField | ListField;

interface Described {
  /** Required by the article's table; the others may be missing. */
  readonly required: boolean;
  /** What the field means and how it must look. */
  readonly says: string;
}

export interface ValueField extends Described {
  readonly type: "text" | "texts" | "amount" | "number" | "flag";
  /** Whether `""` or `[]` is an honest value: unknown, none, or not applicable. */
  readonly mayBeEmpty: boolean;
}

export interface ObjectField extends Described {
  readonly type: "object";
  readonly fields: Readonly<Record<string, Field>>;
}

interface ListField extends Described {
  readonly type: "list";
  readonly item: ObjectField;
}

const value =
  (type: ValueField["type"], required: boolean, mayBeEmpty: boolean) =>
  (says: string): ValueField => ({ type, required, mayBeEmpty, says });

const text = value("text", true, false);
const emptyText = value("text", true, true);
const emptyTexts = value("texts", true, true);
const optionalText = value("text", false, true);
const number = value("number", true, false);
const amount = value("amount", true, false);
const flag = value("flag", true, false);

const trackingIds: ObjectField = {
  type: "object",
  required: true,
  says: "Who the shopper is. Click and order meet by the token, or by an ID that both carry. At least one ID is needed.",
  fields: {
    user_id: emptyTexts(
      "The shop's internal account IDs of this shopper, as an array. A guest has none: [].",
    ),
    visitor_id: emptyTexts(
      "The shop's anonymous visitor, session or cart ID, as an array: the same in click and order.",
    ),
    avantlink_avad: emptyText(
      "The click token of the landing address (?avad=…), exactly as it arrived. Needed whenever one was received.",
    ),
  },
};

const context: Readonly<Record<string, Field>> = {
  tracking_ids: trackingIds,
  user_agent: text("The shopper's browser, as its own User-Agent header said it; not the server's."),
  user_ip_address: optionalText("Optional. The shopper's IP address, not the server's."),
  referrer_url: emptyText("The address of the page before, absolute; empty when there was none."),
  google_click_id: optionalText("Optional. Google's click ID (gclid), when the landing address had one."),
  custom_tracking_code: optionalText("Optional. Any code of the shop's own."),
};

const product: ObjectField = {
  type: "object",
  required: true,
  says: "One line of the order.",
  fields: {
    product_sku: text("The SKU, exactly as in the product datafeed that AvantLink has of the shop."),
    product_amount: number(
      "The price of ONE item, after every discount, before tax. Commission may be computed from it.",
    ),
    quantity: number("How many of the item were bought."),
  },
};

const order: ObjectField = {
  type: "object",
  required: true,
  says: "What was bought.",
  fields: {
    order_number: text(
      "The order's unique number. Sending it again is safe: AvantLink knows the order by it.",
    ),
    order_amount_subtotal: amount("What the goods cost after all discounts, before tax and shipping."),
    currency: text("The ISO 4217 code, in upper case: USD."),
    coupon_codes: emptyTexts(
      "Every coupon code that was applied; [] when none was. A code can pay an affiliate with no click at all.",
    ),
    customer: {
      type: "object",
      required: true,
      says: "The buyer, without personal data.",
      fields: {
        new_customer: flag(
          "true when this is the buyer's first order ever; being logged in or not says nothing about it.",
        ),
        country: text("The buyer's country: US, USA or its full name."),
        region: emptyText("The buyer's region; may be empty."),
        state: emptyText("The buyer's state or province; may be empty."),
      },
    },
    products: { type: "list", required: true, says: "Every line of the order.", item: product },
  },
};

/** The body of each call, as the articles have it. */
export const bodies: Readonly<Record<Endpoint, ObjectField>> = {
  click: {
    type: "object",
    required: true,
    says: "A visitor's arrival through an affiliate's link.",
    fields: {
      current_url: text("The address of the landing page, absolute."),
      ...context,
    },
  },
  order: {
    type: "object",
    required: true,
    says: "A paid order.",
    fields: {
      current_url: text("The address of the page on which the order was confirmed, absolute."),
      ...context,
      order,
    },
  },
};

/** A field of the table, sent or not, or a field that was sent and is not in the table. */
export interface FieldIn {
  readonly path: string;
  /** What the table says of it; absent when the table does not have it. */
  readonly field?: Field;
  /** What was sent; absent when nothing was. An object or a list only where it cannot be looked into. */
  readonly value?: unknown;
}

/** Every field of the table in its order, and behind them every other field that was sent, object by object. */
export function fieldsIn(body: unknown, expected: ObjectField): Generator<FieldIn> {
  return fieldsBelow(body, "", expected);
}

function* fieldsBelow(value: unknown, path: string, field: Field): Generator<FieldIn> {
  if (field.type === "object" && isObject(value)) {
    for (const [key, inner] of Object.entries(field.fields))
      yield* fieldsBelow(Object.hasOwn(value, key) ? value[key] : undefined, pathBelow(path, key), inner);
    for (const [key, extra] of Object.entries(value))
      if (!Object.hasOwn(field.fields, key)) yield { path: pathBelow(path, key), value: extra };
  } else if (field.type === "list" && Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) yield* fieldsBelow(item, `${path}[${index}]`, field.item);
  } else yield { path: path || "body", field, value };
}
