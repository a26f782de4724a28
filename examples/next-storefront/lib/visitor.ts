import { cookies } from "next/headers";
import { type Cart, EMPTY_CART } from "storefront/pricing.ts";
import { store } from "./database.ts";
import { SESSION_DAYS, type Session } from "./sessions.ts";

const COOKIE = "shop.sid";

/** The visitor's session; empty where there is none. */
export async function currentSession(): Promise<Session> {
  return store().sessions.find(await sessionId()) ?? {};
}

export async function currentCart(): Promise<Cart> {
  return (await currentSession()).cart ?? EMPTY_CART;
}

/** Changes the visitor's session. Only a Server Action can, for only that may set a cookie. */
export async function changeSession(changes: Session): Promise<void> {
  const id = store().sessions.keep(await sessionId(), { ...(await currentSession()), ...changes });
  (await cookies()).set(COOKIE, id, {
    httpOnly: true,
    // A browser sends it with no other site's POST, so nobody else can buy in a shopper's name.
    sameSite: "lax",
    secure: process.env.SITE_URL?.startsWith("https:") === true,
    maxAge: SESSION_DAYS * 86_400,
    path: "/",
  });
}

async function sessionId(): Promise<string | undefined> {
  return (await cookies()).get(COOKIE)?.value;
}
