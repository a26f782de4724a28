import { type ConsentReader, consentReader, jsonObject, type ReaderOptions, text } from "./consent-reader.ts";

/**
 * Klaro: the cookie `klaro`, JSON with true or false for each service of the shop's own configuration.
 *
 * Source: klaro.org/docs/integration/annotated-configuration, and github.com/klaro-org/klaro-js, src/consent-manager.js,
 * both read in November 2026.
 */
export function klaro(service: string, options?: ReaderOptions): ConsentReader {
  text(service, "service");
  return consentReader(
    "klaro",
    (value) => {
      const services = jsonObject(value) ?? {};
      const answer = Object.hasOwn(services, service) ? services[service] : undefined;
      return typeof answer === "boolean" ? answer : undefined;
    },
    options,
  );
}
