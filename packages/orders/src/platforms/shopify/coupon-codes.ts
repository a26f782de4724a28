import type { JsonField } from "../../reading/json-field.ts";

/**
 * The codes that the shopper typed. `discount_codes` also holds what staff wrote about a manual discount, so the
 * applications decide, where they are there: those of the type `discount_code`.
 */
export function discountCodes(order: JsonField): readonly JsonField[] {
  const applications = order.at("discount_applications", "discountApplications").list();
  const codes = order.at("discount_codes", "discountCodes").entries();
  const written = codes.map((entry) => (entry.text() === undefined ? entry.at("code") : entry));
  if (!applications) return written;
  const typed = applications.filter(
    (application) =>
      application.at("type").word() === "discount_code" ||
      application.at("__typename").text() === "DiscountCodeApplication" ||
      // GraphQL without __typename: only an application by code has one.
      (application.at("type", "__typename").missing && !application.at("code").missing),
  );
  // An application of the REST API of 2019 and before has a type and no code: then the list of codes has it.
  const named = typed.map((application) => application.at("code")).filter((code) => !code.missing);
  return named.length > 0 || typed.length === 0 ? named : written;
}
