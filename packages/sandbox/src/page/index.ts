export { foreignRequest } from "../guard.ts";
export { servePage } from "./serve.ts";
export type * from "./source.ts";
