import { trackClicks } from "@avantlink-s2s/next/proxy";
import { cookies } from "next/headers.js";
import { type NextRequest, NextResponse } from "next/server.js";

// On the edge runtime, with plain options: an outbox on disk has no place there.
export const middleware = trackClicks(
  {
    merchantId: process.env.SHOP_MERCHANT,
    endpoint: process.env.AVANTLINK_ENDPOINT,
    consent: (shopper) => shopper.cookies.consent !== "no",
  },
  (request) => {
    const { pathname } = request.nextUrl;
    if (pathname === "/old") return NextResponse.redirect(new URL("/new?from=old", request.url));
    if (pathname === "/json") return NextResponse.json({ ours: true }, { status: 418 });
    if (pathname === "/mode") return new Response(modeWithoutEnvironment());
    if (pathname === "/shelf") return NextResponse.rewrite(new URL("/", request.url));
    if (pathname === "/jar") return withJar(request);
    return undefined;
  },
);

/** Sets one cookie through the jar, to the value that it may have already, and one on the answer. */
async function withJar(request: NextRequest): Promise<NextResponse> {
  (await cookies()).set("shelf", "tents & stoves");
  const answer = NextResponse.rewrite(new URL("/", request.url));
  answer.cookies.set("ab", "50%", { maxAge: 60, sameSite: "strict" });
  return answer;
}

/** The mode without an environment: in production, the package demands a merchant ID. */
function modeWithoutEnvironment(): string {
  Reflect.deleteProperty(process.env, "NODE_ENV");
  try {
    trackClicks({ endpoint: "https://avantlink.invalid" });
    return "dry-run";
  } catch {
    return "live";
  }
}
