export { bigCommerceRefunds } from "./platforms/bigcommerce/refunds.ts";
export { commercetoolsRefunds } from "./platforms/commercetools/refunds.ts";
export { magentoRefunds } from "./platforms/magento/refunds.ts";
export { medusaRefunds } from "./platforms/medusa/refunds.ts";
export { payPalRefunds } from "./platforms/paypal/refunds.ts";
export { saleorRefunds } from "./platforms/saleor/refunds.ts";
export { shopifyRefunds } from "./platforms/shopify/refunds.ts";
export { stripeRefunds } from "./platforms/stripe/refunds.ts";
export { swellRefunds } from "./platforms/swell/refunds.ts";
export { vendureRefunds } from "./platforms/vendure/refunds.ts";
export { wooCommerceRefunds } from "./platforms/woocommerce/refunds.ts";
export type {
  Refund,
  RefundMapper,
  RefundOptions,
  RefundReason,
  RefundsResult,
} from "./reading/map-refunds.ts";
