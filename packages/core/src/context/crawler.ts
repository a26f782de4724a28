import { isbot } from "isbot";
import type { ShopRequest } from "./request.ts";

/**
 * Whether the client is a crawler or a link preview, by a list that is kept up to date elsewhere. A headless Chrome is
 * not: the browser tests of a shop run in one, and their clicks must count.
 */
export function isCrawler(request: ShopRequest): boolean {
  return isbot(request.header("user-agent")?.replace("HeadlessChrome", "Chrome"));
}
