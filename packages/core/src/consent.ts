/** Readers of consent banners, for the tracker's option `consent`. */

export { c15t } from "./consent/c15t.ts";
export { allOf, anyOf } from "./consent/combine.ts";
export type { ConsentReader, ReaderOptions } from "./consent/consent-reader.ts";
export { cookiebot } from "./consent/cookiebot.ts";
export { cookieYes } from "./consent/cookieyes.ts";
export { type IabTcfOptions, iabTcf } from "./consent/iab-tcf.ts";
export { klaro } from "./consent/klaro.ts";
export { oneTrust } from "./consent/onetrust.ts";
export { vanillaCookieConsent } from "./consent/vanilla-cookieconsent.ts";
