import type { Order } from "@avantlink-s2s/core";
import { formatMinor, toMinor } from "@avantlink-s2s/core/money";

export const order: Order = {
  orderNumber: "1001",
  currency: "USD",
  orderDiscount: "10.00", // a coupon of 10 dollars on the whole order
  couponCodes: ["SAVE10"],
  customer: { newCustomer: true, country: "US" },
  products: [
    { sku: "TENT", unitPrice: "249.95", quantity: 1 },
    { sku: "MUG", unitPrice: "14.50", quantity: 3 },
  ],
};

export const dollars = formatMinor(1999, 2); // "19.99"
export const cents = toMinor("19.99", 2); // 1999
