export { page as GET, page as POST } from "../../lib/page.ts";
