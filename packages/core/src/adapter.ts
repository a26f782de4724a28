/** What an adapter and the command line need of core, and nothing else. */

export { type CookieParts, cookieParts } from "./context/cookies.ts";
export { forwardedAddress } from "./context/ip-address.ts";
export { type Landing, landsAgain } from "./context/landing.ts";
export { readContext } from "./context/pack-context.ts";
export { isHost, originOf, queryValue } from "./context/query.ts";
export type { ReadRequest } from "./context/read-request.ts";
export type { RawRequest, RequestSource } from "./context/request.ts";
export { DEFAULT_ENDPOINT, isLoopback } from "./options/config.ts";
export { type Mode, type ModeQuestion, readMode } from "./options/mode.ts";
export { orderKey, wireOrderNumber } from "./order/order-key.ts";
export { NO_SHARED_CACHE, SHARED_CACHE_HEADERS } from "./privacy/cache-headers.ts";
export { systemRuntime, within } from "./runtime.ts";
export { orderSummary } from "./tracker/decide.ts";
export { adapterOf, type RequestVerbs, trackerWith, withIssues } from "./tracker/extend-tracker.ts";
export { isUnderWay } from "./tracker/receipt.ts";
export { type Adapter, checkResolver, isConfirmation } from "./tracker/track-requests.ts";
