/** What an adapter of another web framework needs of this one, and nothing else. */

export { shopperAddress } from "./client-address.ts";
export { answerOf, confirmOrder, trackConfirmed } from "./confirm-order.ts";
export { platformWaitUntil } from "./host.ts";
export { keepDelivering, waitInline } from "./keep-delivering.ts";
export { afterLanding, answerLanding } from "./landing-response.ts";
export { firstOf, hasProxies } from "./raw-request.ts";
export { readCopy, type StreamingBody, unreadRequest } from "./unread-copy.ts";
