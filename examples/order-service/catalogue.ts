/** Something that the shop sells. */
export interface Product {
  /** As in the product datafeed given to AvantLink. */
  readonly sku: string;
  readonly name: string;
  /** The price of one, in cents, before tax. */
  readonly price: number;
}

export const catalogue: readonly Product[] = [
  { sku: "TENT-RIDGE-2", name: "Ridgeline two-person tent", price: 24995 },
  { sku: "LAMP-BEAM", name: "Beam headlamp", price: 3995 },
  { sku: "MUG-HEARTH", name: "Hearth enamel mug", price: 1450 },
];
