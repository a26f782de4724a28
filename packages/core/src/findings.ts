/** Every code that a {@link Finding} can carry. */
export type FindingCode =
  | "order.lines-missing"
  | "order.lines-do-not-sum"
  | "order.discount-too-large"
  | "order.coupons-invalid"
  | "order.private-data"
  | "product.line-unreadable"
  | "product.sku-missing"
  | "product.sku-too-long"
  | "customer.new-customer-missing"
  | "customer.country-missing"
  | "customer.country-unknown"
  | "context.no-id"
  | "context.no-page"
  | "context.invalid"
  | "context.not-used"
  | "context.too-late"
  | "order.number-form"
  | "order.number-reused"
  | "context.private-data"
  | "mapper.incomplete"
  | "mapper.adjusted"
  | "mapper.skipped"
  | "mapper.does-not-add-up";

/** Something that is probably wrong with an order that is sent all the same, or why a mapper's order is skipped. */
export interface Finding {
  readonly code: FindingCode;
  /** The field, as in `products[2].sku`. */
  readonly path: string;
  /** What was found, why it matters and what to do. Never holds a value that could name a person. */
  readonly message: string;
}

/** One reason why an order, an option or a payload could not be taken. */
export interface Issue {
  /** The field, as in `products[2].unitPrice`. */
  readonly path: string;
  /** What is wrong with it and what is expected. */
  readonly message: string;
}
