import { trackClicks } from "@avantlink-s2s/next/proxy";
import { NextResponse } from "next/server.js";

// On the edge runtime, with plain options: an outbox on disk has no place there.
export const middleware = trackClicks(
  { merchantId: process.env.AVANTLINK_MERCHANT_ID, endpoint: process.env.AVANTLINK_ENDPOINT },
  (request) => {
    const { pathname } = request.nextUrl;
    if (pathname === "/old") return NextResponse.redirect(new URL("/new?from=old", request.url));
    if (pathname === "/json") return NextResponse.json({ ours: true }, { status: 418 });
    if (pathname === "/shelf") return NextResponse.rewrite(new URL("/", request.url));
    return undefined;
  },
);
