import type { IncomingMessage } from "node:http";
import { type Front, type Passed, standInFrontOf } from "./front.ts";

/** A cache in front of a shop, as a CDN is one: it keeps what `s-maxage` lets it keep, and hands it to everybody. */
export interface SharedCache extends Front {
  /** The addresses that were answered from the cache. */
  readonly hits: readonly string[];
}

export async function cacheInFrontOf(shop: string): Promise<SharedCache> {
  const kept = new Map<string, Passed>();
  const hits: string[] = [];
  const front = await standInFrontOf(shop, async (incoming, pass) => {
    const key = `${incoming.method} ${incoming.url} ${incoming.headers.rsc ?? ""}`;
    const known = kept.get(key);
    if (known) hits.push(incoming.url ?? "");
    const answer = known ?? (await pass());
    if (mayKeep(incoming, answer)) kept.set(key, answer);
    return answer;
  });
  return { ...front, hits };
}

/** What a CDN goes by: its own header where there is one, else Cache-Control. Set-Cookie alone stops none. */
function mayKeep({ method }: IncomingMessage, { headers, status }: Passed): boolean {
  const policy = String(headers["cdn-cache-control"] ?? headers["cache-control"] ?? "");
  const shared = /s-maxage=[1-9]|max-age=[1-9]/.test(policy) && !/private|no-store/.test(policy);
  return method === "GET" && status === 200 && shared;
}
