import leven from "leven";
import { type Column, KNOWN_COLUMNS } from "./column-names.ts";

/** Titles that shops and spreadsheets give these columns, in small letters and without blanks and signs. */
const SYNONYMS: Readonly<Partial<Record<Column, readonly string[]>>> = {
  order_number: ["order", "orderid", "orderno", "ordernr", "ordernum", "ordername", "transactionid"],
  currency: ["currencycode", "cur"],
  subtotal: ["ordersubtotal", "netsales", "nettotal", "orderamount", "amount"],
  order_discount: ["discount", "discountamount", "discounttotal"],
  coupon_codes: ["coupon", "coupons", "couponcode", "discountcode", "promocode", "voucher", "vouchercode"],
  new_customer: ["isnew", "isnewcustomer", "customertype", "firstorder"],
  country: ["countrycode", "billingcountry", "shippingcountry"],
  state: ["province", "statecode", "billingstate", "shippingstate"],
  customer_id: ["customer", "customernumber"],
  user_agent: ["browser"],
  ip_address: ["ip", "customerip", "customeripaddress"],
  google_click_id: ["gclid"],
  avad: ["clickid", "clicktoken", "avantlinkavad", "affiliatedata"],
  sku: ["productsku", "itemsku", "productid", "productcode", "article"],
  unit_price: ["price", "itemprice", "productprice", "unitcost", "saleitemamount"],
  quantity: ["qty", "count", "units", "pieces", "items"],
};

// In whatever words: what is ignored here sends the orders of shoppers who denied.
const ABOUT_CONSENT = /consent|^(?:sec)?gpc|globalprivacy|donottrack|^dnt$|opt(?:ed)?(?:in|out)/;

/** The column that a title probably means, for a suggestion. */
export function nearMiss(title: string): Column | undefined {
  const bare = bareName(title);
  if (bare === "") return undefined;
  if (ABOUT_CONSENT.test(bare)) return "consent";
  return KNOWN_COLUMNS.find(
    (column) => SYNONYMS[column]?.includes(bare) || isMisspelt(bare, bareName(column)),
  );
}

function bareName(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The same letters, or one of them is missing, added or another. Short words differ by one letter too often. */
function isMisspelt(given: string, name: string): boolean {
  return given === name || (name.length >= 5 && leven(given, name, { maxDistance: 2 }) === 1);
}
