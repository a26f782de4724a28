/** ISO 4217 currencies whose minor unit is not a hundredth, by the number of their decimals. */
const decimals: readonly (readonly [digits: number, codes: string])[] = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];

/** Codes of the register that Node.js' own data lacks, or lacked in Node.js 20. */
const further = "BOV CHE CHW CLF COU MXV SLE USN UYI UYW VED XAD XAG XAU XBA XBB XBC XBD XCG XPD XPT XUA ZWG";
const known = new Set([...Intl.supportedValuesOf("currency"), ...further.split(" ")]);

/** Whether ISO 4217 has the code. */
export function isKnownCurrency(code: string): boolean {
  return known.has(code);
}

/** How many decimals amounts of a currency have; 2 for an unknown one. */
export function decimalsOf(currency: string): number {
  const code = currency.toUpperCase();
  return decimals.find(([, codes]) => codes.split(" ").includes(code))?.[0] ?? 2;
}
