"use client";

import { useActionState } from "react";
import type { CheckoutField, FieldErrors } from "storefront/checkout.ts";
import { ADDRESS_FIELDS, CARD_FIELDS, type TextField } from "storefront/checkout-fields.ts";
import { type CheckoutState, placeOrder } from "../app/checkout/actions.ts";

const EMPTY_FORM: CheckoutState = { typed: {}, errors: {} };

interface Props {
  /** The amount to pay, formatted. */
  readonly total: string;
  /** The countries that the shop delivers to, by code. */
  readonly countries: Readonly<Record<string, string>>;
}

/** The form works without scripts too. With scripts, the page stays while the form is sent. */
export function CheckoutForm({ total, countries }: Props) {
  const [{ typed, errors }, action, sending] = useActionState(placeOrder, EMPTY_FORM);
  const field = (text: TextField) => <Field key={text.name} {...text} typed={typed} errors={errors} />;
  return (
    <form name="checkout" action={action} className="checkout" noValidate>
      <Problems errors={errors} />
      <fieldset>
        <legend>Where to</legend>
        {ADDRESS_FIELDS.map(field)}
        <CountryField countries={countries} typed={typed} errors={errors} />
      </fieldset>
      <fieldset>
        <legend>Pretend card</legend>
        <p className="note">
          No real card, please. This form only looks like one: nothing is charged, and what is in it is thrown
          away.
        </p>
        {CARD_FIELDS.map(field)}
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
  autocomplete,
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
        autoComplete={autocomplete}
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
