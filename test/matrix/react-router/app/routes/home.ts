import { HOME } from "../../suite/shop.ts";

export const loader = () => new Response(HOME.body, { headers: HOME.headers });
export const action = loader;
