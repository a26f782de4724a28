export { page as GET, page as POST } from "../../pages-of.ts";
