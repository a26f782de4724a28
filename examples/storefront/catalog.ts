/** A product that the shop sells. */
export interface Product {
  /** The SKU, the same as in the product datafeed that AvantLink has. */
  readonly sku: string;
  /** The product's place in the shop: `/products/<slug>`. */
  readonly slug: string;
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** The price of one, in cents, before tax. */
  readonly price: number;
}

export const catalog: readonly Product[] = [
  {
    sku: "TENT-RIDGE-2",
    slug: "ridgeline-tent",
    name: "Ridgeline two-person tent",
    summary: "Stands in ten minutes, also in the rain.",
    description:
      "Two doors, two porches, and poles with colors that show which end goes where. The fly goes up first, so the inside stays dry while you pitch. Packs to the size of a loaf and weighs 1.9 kg.",
    price: 24995,
  },
  {
    sku: "LAMP-BEAM",
    slug: "beam-headlamp",
    name: "Beam headlamp",
    summary: "A warm light for camp, a long one for the trail.",
    description:
      "One button: short for brighter, long for off. Sixty hours on the warm setting, and it charges by any USB-C cable. A red light spares your tent mate.",
    price: 3995,
  },
  {
    sku: "PACK-LARCH-28",
    slug: "larch-pack",
    name: "Larch 28-litre pack",
    summary: "A day on the hill, with room for a rope.",
    description:
      "A padded back that breathes, a hip belt that stows away, and a lid that shuts over a coat. Made of recycled nylon that shrugs off brambles.",
    price: 11900,
  },
  {
    sku: "BAG-NEST",
    slug: "nest-sleeping-bag",
    name: "Nest sleeping bag",
    summary: "Warm down to freezing, light enough to forget.",
    description:
      "Traceable down with a shell that sheds dew. Cut wide at the shoulders for those who sleep on their side. Comfortable at 0 °C, and packs to four litres.",
    price: 18900,
  },
  {
    sku: "STOVE-EMBER",
    slug: "ember-stove",
    name: "Ember gas stove",
    summary: "Half a litre to the boil in two minutes.",
    description:
      "A wide burner that simmers as well as it roars, three legs that fold flat, and a lighter that works with gloves on. Takes any threaded cartridge.",
    price: 6450,
  },
  {
    sku: "BOTTLE-TARN",
    slug: "tarn-bottle",
    name: "Tarn steel bottle",
    summary: "Tea at the summit, cold water at the car.",
    description:
      "Double steel walls hold heat for twelve hours and cold for a day. Three quarters of a litre, one lid that never drips, and a loop for a carabiner.",
    price: 2450,
  },
  {
    sku: "MUG-HEARTH",
    slug: "hearth-mug",
    name: "Hearth enamel mug",
    summary: "For the first coffee, wherever that is.",
    description:
      "Enamel over steel, baked twice. It goes on the stove, into the sink and off the rock, and looks better for each chip.",
    price: 1450,
  },
  {
    sku: "SOCKS-CAIRN",
    slug: "cairn-socks",
    name: "Cairn wool socks",
    summary: "Merino where it is wet, padding where it hurts.",
    description:
      "Knitted without a seam at the toe. Three quarters merino, so that two pairs last a week. If they wear through within two years, send us a photo and have a new pair.",
    price: 1995,
  },
];

export function productBySku(sku: unknown): Product | undefined {
  return catalog.find((product) => product.sku === sku);
}

export function productBySlug(slug: unknown): Product | undefined {
  return catalog.find((product) => product.slug === slug);
}
