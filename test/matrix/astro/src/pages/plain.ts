export { page as ALL } from "../lib/page.ts";
