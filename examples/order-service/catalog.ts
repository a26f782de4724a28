/** A product that the shop sells. */
export interface Product {
  /** The SKU, the same as in the product datafeed that AvantLink has. */
  readonly sku: string;
  readonly name: string;
  /** The price of one, in cents, before tax. */
  readonly price: number;
}

export const catalog: readonly Product[] = [
  { sku: "TENT-RIDGE-2", name: "Ridgeline two-person tent", price: 24995 },
  { sku: "LAMP-BEAM", name: "Beam headlamp", price: 3995 },
  { sku: "MUG-HEARTH", name: "Hearth enamel mug", price: 1450 },
];
