import { currencyDigits } from "@avantlink-s2s/core/money";

/** A count with its noun: `1 order`, `1,000 orders`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;
}

/** An amount with the digits that its currency has. */
export function money(amount: number, currency: string): string {
  const digits = currencyDigits(currency);
  const range = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${amount.toLocaleString("en-US", range)} ${currency}`;
}

/** The currency's digits applied to a sum of amounts. */
export function roundedTo(currency: string, amount: number): number {
  return Number(amount.toFixed(currencyDigits(currency)));
}

/** A list of sums by currency: `785.85 USD, 1,200 JPY`. */
export function sums(byCurrency: Readonly<Record<string, number>>): string {
  const entries = Object.entries(byCurrency).map(([currency, amount]) => money(amount, currency));
  return entries.length === 0 ? "no sales" : entries.join(", ");
}

/** An argument as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
