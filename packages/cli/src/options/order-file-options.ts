import { Argument, InvalidArgumentError, Option } from "@commander-js/extra-typings";

export const fileArgument = new Argument(
  "<file>",
  "orders as NDJSON, as CSV with a row for each item, or as Shopify or WooCommerce export; - for stdin",
);

export const formatOption = new Option(
  "--format <format>",
  "the file's format, if its content does not show it",
).choices(["csv", "ndjson"] as const);

export const currencyOption = new Option(
  "--currency <code>",
  "the currency of every order, for a CSV file without a column for it",
);

/** `--map "Order ID=order_number"`, as often as needed. */
export const mapOption = new Option(
  "--map <title=name>",
  'what a column of the CSV file means, such as "Order ID=order_number"; an empty name ignores the column',
).argParser((text: string, before: ReadonlyMap<string, string> | undefined) => {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError('Expected a title and a name, such as "Order ID=order_number".');
  return new Map([...(before ?? []), [text.slice(0, at).trim(), text.slice(at + 1).trim()]]);
});
