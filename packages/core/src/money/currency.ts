// ISO-4217's minor units, where they are not 2. The runtime's own Intl data follows CLDR instead, which knows
// no fils for the dinar of Iraq; a test holds this list against the ISO register.
const DIGITS: ReadonlyMap<string, number> = new Map([
  ...list("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0),
  ...list("BHD IQD JOD KWD LYD OMR TND", 3),
  ...list("CLF UYW", 4),
]);

function list(codes: string, digits: number): [string, number][] {
  return codes.split(" ").map((code) => [code, digits]);
}

/** How many decimals a currency has by ISO-4217; 2 for one that is not in the register. */
export function currencyDigits(currency: string): number {
  return DIGITS.get(currency) ?? 2;
}

/** The code in upper case, or nothing when it is not three letters. */
export function currencyCode(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const code = value.trim();
  return /^[a-z]{3}$/i.test(code) ? code.toUpperCase() : undefined;
}

let known: ReadonlySet<string> | undefined;

/** Whether the runtime has heard of the currency. Without its list every code counts as known. */
export function isKnownCurrency(code: string): boolean {
  known ??= new Set(Intl.supportedValuesOf?.("currency") ?? []);
  return known.size === 0 || known.has(code) || DIGITS.has(code);
}
