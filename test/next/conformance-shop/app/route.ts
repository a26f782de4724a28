import { HOME } from "../scenario.ts";

export const dynamic = "force-dynamic";

const home = () => new Response(HOME.body, { headers: HOME.headers });

export { home as GET, home as POST };
