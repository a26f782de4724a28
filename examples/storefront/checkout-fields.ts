import type { CheckoutField } from "./checkout.ts";

/** A text field of the checkout form. */
export interface TextField {
  readonly name: CheckoutField;
  readonly label: string;
  /** The value of the HTML attribute `autocomplete`. */
  readonly autocomplete: string;
  readonly type?: "email" | "text";
  readonly numeric?: boolean;
  /** The value that the field starts with. */
  readonly value?: string;
}

export const ADDRESS_FIELDS: readonly TextField[] = [
  { name: "email", label: "E-mail", autocomplete: "email", type: "email" },
  { name: "name", label: "Name", autocomplete: "name" },
  { name: "street", label: "Street and number", autocomplete: "address-line1" },
  { name: "city", label: "Town or city", autocomplete: "address-level2" },
  { name: "state", label: "State or province", autocomplete: "address-level1" },
  { name: "postcode", label: "ZIP or postal code", autocomplete: "postal-code" },
];

export const CARD_FIELDS: readonly TextField[] = [
  {
    name: "card",
    label: "Card number",
    autocomplete: "cc-number",
    numeric: true,
    value: "4242 4242 4242 4242",
  },
  { name: "expiry", label: "Expires", autocomplete: "cc-exp", value: "04/31" },
  { name: "cvc", label: "Security code", autocomplete: "cc-csc", numeric: true, value: "123" },
];
