export { page as action, page as loader } from "../page.server.ts";
