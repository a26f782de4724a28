import { HOME } from "../../suite/shop.ts";

const home = () => new Response(HOME.body, { headers: HOME.headers });

export { home as GET, home as POST };
