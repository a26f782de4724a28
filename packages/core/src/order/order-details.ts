import type { Finding, FindingCode } from "../findings.ts";
import { namesPerson } from "../privacy/detect.ts";
import { cutText, tidyText } from "../privacy/text.ts";
import { wireCountry } from "./country.ts";
import { shown } from "./order-schema.ts";
import type { OrderPayload } from "./payload.ts";

const LONGEST_DETAIL = 256;
const MOST_COUPONS = 50;

/** Reads the fields that cannot refuse an order, and tells what it found. */
export interface DetailReader {
  customer(value: unknown): { readonly wire: OrderPayload["order"]["customer"]; readonly id: unknown };
  coupons(value: unknown): readonly string[];
  sku(value: unknown, line: number): string;
  readonly findings: readonly Finding[];
}

export function readDetails(): DetailReader {
  const findings: Finding[] = [];
  const tell = (code: FindingCode, path: string, message: string) => findings.push({ code, path, message });

  // An e-mail address or a token has no business in any of these fields, so the field is emptied rather than hashed.
  const detail = (value: unknown, path: string): string => {
    // Searched before it is cut: half an address is not seen to be one.
    const text =
      typeof value === "string" ? tidyText(value, 4 * LONGEST_DETAIL) : isTextual(value) ? String(value) : "";
    if (!namesPerson(text)) return cutText(text, LONGEST_DETAIL);
    tell("order.private-data", path, "holds an e-mail address or a token; it is sent empty");
    return "";
  };

  return {
    findings,
    customer(value) {
      const given: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
      if (typeof given.newCustomer !== "boolean") {
        tell(
          "customer.new-customer-missing",
          "customer.newCustomer",
          "is not given; it is sent as false, and programmes that pay for new customers will not pay",
        );
      }
      const named = detail(given.country, "customer.country");
      const { country, known } = wireCountry(named);
      if (named === "") {
        tell("customer.country-missing", "customer.country", "is not given; it is sent empty");
      } else if (!known) {
        tell(
          "customer.country-unknown",
          "customer.country",
          "is not a country code of ISO-3166; it is sent as it is",
        );
      }
      const wire = {
        new_customer: given.newCustomer === true,
        country,
        region: detail(given.region, "customer.region"),
        state: detail(given.state, "customer.state"),
      };
      return { wire, id: given.id };
    },
    coupons(value) {
      if (isNothing(value)) return [];
      if (!Array.isArray(value)) {
        tell("order.coupons-invalid", "couponCodes", "is not a list of texts");
      }
      const codes: readonly unknown[] = (Array.isArray(value) ? value : [value]).slice(0, MOST_COUPONS);
      const wire = codes.map((code, index) => {
        const path = `couponCodes[${index}]`;
        if (!isNothing(code) && !isTextual(code))
          tell("order.coupons-invalid", path, `is ${shown(code)}, not a text; it is left out`);
        return detail(code, path);
      });
      return [...new Set(wire)].filter(Boolean);
    },
    sku(value, line) {
      const path = `products[${line}].sku`;
      const sku = detail(value, path);
      if (sku === "")
        tell("product.sku-missing", path, "is not given; item-based commission cannot match the product");
      return sku;
    },
  };
}

/** What stands for a text: a number of a database among it. */
function isTextual(value: unknown): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
