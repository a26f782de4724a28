import { trackClicks } from "@avantlink-s2s/next/proxy";
import { cookies } from "next/headers.js";
import { NextResponse } from "next/server.js";
import { tracker } from "./tracker.ts";

export const proxy = trackClicks(tracker, async ({ nextUrl, url }) => {
  // A redirect of the page itself comes after the proxy.
  const to = nextUrl.searchParams.get("to");
  if (to !== null) return NextResponse.redirect(new URL(to, url), 302);
  if (nextUrl.searchParams.has("jar")) (await cookies()).set("sid", "1");
  return undefined;
});
