import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

/** `--map "Order ID=order_number"`, as often as needed. */
export const mapOption = new Option(
  "--map <title=name>",
  'what a column of the CSV file means, such as "Order ID=order_number"; an empty name ignores the column',
).argParser((text: string, before: ReadonlyMap<string, string> | undefined) => {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError('Expected a title and a name, such as "Order ID=order_number".');
  return new Map([...(before ?? []), [text.slice(0, at).trim(), text.slice(at + 1).trim()]]);
});
