/** What the page asks of the server. */
export const sandbox = /* js */ `
/** @typedef {import("../listing.ts").Listing} Listing */
/** @typedef {import("../readiness.ts").Step} Step */
/**
 * @typedef {object} View
 * @property {string} url
 * @property {{ requests: number, clicks: number, orders: number, dropped: number }} counts
 * @property {{ id: string, left?: number, says: string }[]} faults
 * @property {Step[]} steps
 * @property {Listing} list
 */

/**
 * @param {string} path
 * @returns {Promise<string>} the JSON, unread: equal texts need no new rendering
 */
export async function ask(path) {
  const response = await fetch(path);
  const text = await response.text();
  if (!response.ok) throw new Error(JSON.parse(text).error);
  return text;
}

/**
 * Changes something. By the header the server knows that this page asks, and not another site's.
 * @param {"POST" | "DELETE"} method
 * @param {string} path
 * @param {object} [body]
 */
export async function change(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "X-AvantLink-Sandbox": "page" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error((await response.json()).error);
}
`;
