import type { JsonField } from "./json-field.ts";

/** No platform lets a shopper type a longer code. Longer texts are what staff wrote about a discount. */
const MAX_CODE_LENGTH = 64;

/** The coupon codes, each once. Text that may name a person is not a code: it is left out, with a finding. */
export function couponCodes(fields: readonly JsonField[]): readonly string[] {
  const codes = new Set<string>();
  for (const field of fields) {
    const code = field.text();
    if (code === undefined) continue;
    if (code.length <= MAX_CODE_LENGTH && !/[@＠]/.test(code)) codes.add(code);
    else {
      const message = `has an @ or more than ${MAX_CODE_LENGTH} characters, so it is not sent as a coupon code`;
      field.adjusted(message);
    }
  }
  return [...codes];
}
