import { readFile, writeFile } from "node:fs/promises";
import type { FindingCode } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../packages/core/src/errors.ts";
import { SKIP_REASONS } from "../../packages/core/src/reporting/skip-reasons.ts";

const page = new URL("../../docs/errors.md", import.meta.url);

/** What each finding means, and what to do. The type holds this list complete. */
const FINDINGS: Record<FindingCode, readonly [meaning: string, action: string]> = {
  "order.lines-missing": [
    "The order has no line that can be sent.",
    "Give `products`. A program that pays by item pays nothing without lines.",
  ],
  "order.lines-do-not-sum": [
    "`subtotal` and the lines differ.",
    "The message names the likely cause. Commission is computed on the lines: correct `unitPrice` or `orderDiscount`.",
  ],
  "order.discount-too-large": [
    "`orderDiscount` is more than the lines.",
    "Give the discount in major units (dollars, not cents), and only once.",
  ],
  "order.coupons-invalid": [
    "A coupon code is too long, has an `@` or is not text. It is left out.",
    "Give the codes that the shopper typed.",
  ],
  "order.private-data": [
    "A field holds an e-mail address or a token. The field is sent empty.",
    "Leave out what names a person.",
  ],
  "order.number-form": [
    "The same number arrived in two forms, with and without `#`.",
    "Give one form everywhere, or one order counts as two.",
  ],
  "order.number-reused": [
    "This number was accepted before with other lines or another amount. Only the first order counts.",
    "If numbers repeat (each year, or in two shops), put a prefix before them.",
  ],
  "product.line-unreadable": [
    "A line is left out, and the order is sent.",
    "Correct the field that the path names.",
  ],
  "product.sku-missing": ["A line has no SKU. It is sent without.", "Give the SKU of your product datafeed."],
  "product.sku-too-long": ["A SKU has more than 256 characters.", "Give the SKU of your product datafeed."],
  "customer.new-customer-missing": [
    "`newCustomer` is missing. `false` is sent.",
    "Look whether the shopper has ordered before. A login does not show that.",
  ],
  "customer.country-missing": ["The country is missing.", "Give the billing or delivery country."],
  "customer.country-unknown": ["The country is neither a code nor a known name.", "Give an ISO 3166 code."],
  "context.no-id": [
    "No click token, visitor ID or account ID is known. A random visitor ID is sent. Normal for shoppers without an affiliate link.",
    "If every order says so, mount `trackClicks(tracker)` before the pages.",
  ],
  "context.no-page": [
    "The browser is known, but not the page's address, which is sent empty.",
    "In Next.js, give `contextOf` or `trackOrder` the request, or `trackOrder` the option `path`.",
  ],
  "context.invalid": [
    "A URL of the context is not an absolute web address. It is sent empty.",
    "Give absolute addresses.",
  ],
  "context.private-data": [
    "A field of the context holds an e-mail address or a token. The field is sent empty.",
    "Leave out what names a person.",
  ],
  "context.not-used": [
    "The order's own context and the request differ.",
    "The message names the fields that were ignored. A request without our cookies, or of another browser, adds nothing to an order's own context.",
  ],
  "context.too-late": [
    "The order was accepted without the click, which came with another call for it.",
    "Pack the context at checkout, so that page and webhook both have it.",
  ],
  "mapper.incomplete": [
    "The platform's order lacks a field.",
    "Ask the platform for the field that the path names.",
  ],
  "mapper.adjusted": [
    "The order that is sent differs from the platform's order.",
    "The message says how, and why.",
  ],
  "mapper.skipped": [
    "The platform calls the order unpaid, a test or a renewal, so the order is skipped.",
    "If it is to be sent, give the option that the message names, such as `isPaid`.",
  ],
  "mapper.does-not-add-up": [
    "The lines differ from the platform's own total by more than rounding. The order is sent.",
    "Compare both amounts of the message. If you cannot explain the difference, report it with an anonymous sample of the order.",
  ],
};

function pageOf(): string {
  const codes = Object.entries(ERROR_CODES).map(
    ([code, { summary, help }]) => `### ${code}\n\n${summary}\n\n${help}\n`,
  );
  return [
    "# Errors, findings and reasons\n",
    "- An **error** is an `AvantLinkError`: its `code` is in the list below, its `help` says what to do, its `issues` name the",
    "  wrong fields. Only `createTracker` and `start()` throw. Every other error is in a receipt, an [event](monitoring.md#events)",
    "  or a dead letter.",
    "- A **finding** is something that is probably wrong with an order. The order is sent all the same.",
    "- A **reason for skipping** says why an order or a click is not sent on purpose.\n",
    "If another error is behind it, `cause` is a cleaned copy of that error: class, code, the first line of its message and its stack.",
    "The error object of a database or of Redis is never kept, because it may hold a password or an order.\n",
    "A test keeps this page equal to the code (`npx vitest run --project=packages test/docs/errors`).\n",
    "## Error codes\n",
    ...codes,
    "## Findings\n",
    "| code | meaning | what to do |",
    "| --- | --- | --- |",
    ...Object.entries(FINDINGS).map(
      ([code, [meaning, action]]) => `| \`${code}\` | ${meaning} | ${action} |`,
    ),
    "\n## Reasons for skipping\n",
    'The receipt has `status: "skipped"` and this `reason`, or the text that your code gave to `skip(reason)`.\n',
    "| reason | meaning |",
    "| --- | --- |",
    ...Object.entries(SKIP_REASONS).map(([reason, meaning]) => `| \`${reason}\` | ${meaning} |`),
    "",
  ].join("\n");
}

test("docs/errors.md says of every code, finding and reason what the code says (UPDATE=1 rewrites it)", async () => {
  if (process.env.UPDATE === "1") await writeFile(page, pageOf());
  expect(await readFile(page, "utf8")).toBe(pageOf());
});
