import { isbot } from "isbot";
import type { ShopRequest } from "./request.ts";

/** Whether the client is a crawler or a link preview, by a list that is kept up to date elsewhere. */
export function isCrawler(request: ShopRequest): boolean {
  return isbot(request.header("user-agent"));
}
