import { trackClicks } from "@avantlink-s2s/next/proxy";
import { cookies } from "next/headers.js";
import { tracker } from "./tracker.ts";

export const proxy = trackClicks(tracker, async ({ nextUrl }) => {
  if (nextUrl.searchParams.has("jar")) (await cookies()).set("sid", "1");
});
