import { base } from "./base.ts";
import { detail } from "./detail.ts";
import { list } from "./list.ts";
import { panels } from "./panels.ts";

/** The page's one style sheet. */
export const style = [base, list, detail, panels].join("\n");
