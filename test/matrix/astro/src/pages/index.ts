import { HOME } from "../../suite/shop.ts";

export const ALL = () => new Response(HOME.body, { headers: HOME.headers });
