import { trackClicks } from "@avantlink-s2s/next/proxy";
import { NextResponse } from "next/server.js";

// On the edge runtime, with plain options: an outbox on disk has no place there.
export const middleware = trackClicks(
  { merchantId: process.env.SHOP_MERCHANT, endpoint: process.env.AVANTLINK_ENDPOINT },
  (request) => {
    const { pathname } = request.nextUrl;
    if (pathname === "/old") return NextResponse.redirect(new URL("/new?from=old", request.url));
    if (pathname === "/json") return NextResponse.json({ ours: true }, { status: 418 });
    if (pathname === "/mode") return new Response(modeWithoutEnvironment());
    if (pathname === "/shelf") return NextResponse.rewrite(new URL("/", request.url));
    return undefined;
  },
);

/** Whether the package takes this for production where the platform tells nothing: then it asks for a merchant. */
function modeWithoutEnvironment(): string {
  Reflect.deleteProperty(process.env, "NODE_ENV");
  try {
    trackClicks({ endpoint: "https://avantlink.invalid" });
    return "dry-run";
  } catch {
    return "live";
  }
}
