import * as z from "zod";

/** The countries that the shop delivers to, by code. */
export const countries: Readonly<Record<string, string>> = { US: "United States", CA: "Canada" };

const text = (missing: string) => z.string().trim().min(1, missing).max(120, "Please shorten this.");

const form = z.object({
  email: z.string().trim().pipe(z.email("Enter your e-mail address, as in sam@example.com.")),
  name: text("Enter the name for the parcel."),
  street: text("Enter street and house number."),
  city: text("Enter the town or city."),
  state: text("Enter the state or province.").max(40, "Please shorten this, to UT for example."),
  postcode: text("Enter the ZIP or postal code.").max(12, "Please check the ZIP or postal code."),
  country: z.enum(Object.keys(countries), "Choose one of the countries that we deliver to."),
  card: z.string().regex(/^\s*(?:\d[ -]?){12,19}\s*$/, "Enter a card number; any digits will do here."),
  expiry: z.string().regex(/^\s*(?:0[1-9]|1[0-2])\s*\/\s*\d\d\s*$/, "Enter the month and year, as in 04/31."),
  cvc: z.string().regex(/^\s*\d{3,4}\s*$/, "Enter the three or four digits."),
});

/** Name and address for the parcel. They stay in the shop. */
export type Delivery = Omit<z.infer<typeof form>, "card" | "expiry" | "cvc">;
export type CheckoutField = keyof z.infer<typeof form>;
export type FieldErrors = Readonly<Partial<Record<CheckoutField, string>>>;

/** What the shopper typed: the delivery when every field is right, and an error for each field that is not. */
export interface Checkout {
  readonly delivery?: Delivery;
  readonly errors: FieldErrors;
}

/** Checks the fields of the form. The card is checked and not kept: this shop only pretends to charge it. */
export function readCheckout(body: unknown): Checkout {
  const read = form.safeParse(body);
  if (read.success) {
    const { card: _card, expiry: _expiry, cvc: _cvc, ...delivery } = read.data;
    return { delivery, errors: {} };
  }
  const errors: Partial<Record<CheckoutField, string>> = {};
  for (const { path, message } of read.error.issues) {
    const field = form.keyof().safeParse(path[0]);
    if (field.success) errors[field.data] ??= message;
  }
  return { errors };
}
