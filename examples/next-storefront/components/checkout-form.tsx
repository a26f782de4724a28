"use client";

import { type HTMLInputAutoCompleteAttribute, useActionState } from "react";
import { type CheckoutState, placeOrder } from "../app/checkout/actions.ts";
import type { CheckoutField, FieldErrors } from "../lib/checkout.ts";

interface TextField {
  readonly name: CheckoutField;
  readonly label: string;
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly type?: "email" | "text";
  readonly numeric?: boolean;
  readonly value?: string;
}

const ABOUT_YOU: readonly TextField[] = [
  { name: "email", label: "E-mail", autoComplete: "email", type: "email" },
  { name: "name", label: "Name", autoComplete: "name" },
  { name: "street", label: "Street and number", autoComplete: "address-line1" },
  { name: "city", label: "Town or city", autoComplete: "address-level2" },
  { name: "state", label: "State or province", autoComplete: "address-level1" },
  { name: "postcode", label: "ZIP or postal code", autoComplete: "postal-code" },
];

const CARD: readonly TextField[] = [
  {
    name: "card",
    label: "Card number",
    autoComplete: "cc-number",
    numeric: true,
    value: "4242 4242 4242 4242",
  },
  { name: "expiry", label: "Expires", autoComplete: "cc-exp", value: "04/31" },
  { name: "cvc", label: "Security code", autoComplete: "cc-csc", numeric: true, value: "123" },
];

const NOTHING_TYPED: CheckoutState = { typed: {}, errors: {} };

interface Props {
  /** What is to be paid, as a shopper reads it. */
  readonly total: string;
  /** Where the shop delivers to, by code. */
  readonly countries: Readonly<Record<string, string>>;
}

/** The form works without scripts too; with them, it stays on the page while it is sent. */
export function CheckoutForm({ total, countries }: Props) {
  const [{ typed, errors }, action, sending] = useActionState(placeOrder, NOTHING_TYPED);
  const field = (one: TextField) => <Field key={one.name} {...one} typed={typed} errors={errors} />;
  return (
    <form name="checkout" action={action} className="checkout" noValidate>
      <Problems errors={errors} />
      <fieldset>
        <legend>Where to</legend>
        {ABOUT_YOU.map(field)}
        <CountryField countries={countries} typed={typed} errors={errors} />
      </fieldset>
      <fieldset>
        <legend>Pretend card</legend>
        <p className="note">
          No real card, please. This form only looks like one: nothing is charged, and what is in it is thrown
          away.
        </p>
        {CARD.map(field)}
      </fieldset>
      <button type="submit" className="wide" disabled={sending}>
        Pay {total} (pretend)
      </button>
    </form>
  );
}

function Problems({ errors }: { readonly errors: FieldErrors }) {
  const entries = Object.entries(errors);
  if (entries.length === 0) return null;
  return (
    <div className="problem" role="alert">
      <h2>Please look at this again</h2>
      <ul>
        {entries.map(([name, message]) => (
          <li key={name}>
            <a href={`#${name}`}>{message}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Field({
  name,
  label,
  autoComplete,
  type = "text",
  numeric,
  value,
  typed,
  errors,
}: TextField & CheckoutState) {
  return (
    <div className={`field ${name}`}>
      <label htmlFor={name}>{label}</label>
      <input
        key={typed[name]}
        id={name}
        name={name}
        type={type}
        autoComplete={autoComplete}
        maxLength={120}
        required
        inputMode={numeric ? "numeric" : undefined}
        defaultValue={typed[name] ?? value}
        {...marked(name, errors)}
      />
      <Fault name={name} errors={errors} />
    </div>
  );
}

function CountryField({ countries, typed, errors }: CheckoutState & Pick<Props, "countries">) {
  return (
    <div className="field country">
      <label htmlFor="country">Country</label>
      <select
        key={typed.country}
        id="country"
        name="country"
        autoComplete="country"
        required
        defaultValue={typed.country}
        {...marked("country", errors)}
      >
        {Object.entries(countries).map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <Fault name="country" errors={errors} />
    </div>
  );
}

function marked(name: CheckoutField, errors: FieldErrors) {
  return errors[name] === undefined ? {} : { "aria-invalid": true, "aria-describedby": `${name}-error` };
}

function Fault({ name, errors }: { readonly name: CheckoutField; readonly errors: FieldErrors }) {
  const message = errors[name];
  if (message === undefined) return null;
  return (
    <p className="error" id={`${name}-error`}>
      {message}
    </p>
  );
}
