/** Which of AvantLink's two calls a request is. */
export type Endpoint = "order" | "click";

/** AvantLink's answer to a call that it took, byte for byte. */
export const SUCCESS = '{"success": true}';

/** AvantLink's answer (status 400) to a call that carries no ID, byte for byte. */
export const NO_TRACKING_ID =
  '{"error": "You must provide at least one tracking id in order to generate a episode_id.", ' +
  '"error_key": "client.model.merchants_tracking.tracking_ids.blank", "exception": "InvalidArgumentException"}';

const address = /^\/merchants\/([^/]*)\/tracking\/(order|click)$/;

/** Which call an address is, and for which merchant; nothing when it is neither endpoint's. */
export function readAddress(pathname: string): { endpoint: Endpoint; merchantId: string } | undefined {
  const match = address.exec(pathname);
  if (match === null) return undefined;
  const [, merchant = "", endpoint] = match;
  return { endpoint: endpoint === "order" ? "order" : "click", merchantId: decode(merchant) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
