import { detail } from "./detail.ts";
import { dom } from "./dom.ts";
import { faults } from "./faults.ts";
import { fields } from "./fields.ts";
import { json } from "./json.ts";
import { list } from "./list.ts";
import { main } from "./main.ts";
import { ready } from "./ready.ts";
import { sandbox } from "./sandbox.ts";
import { welcome } from "./welcome.ts";

/**
 * The page's modules, by name: JavaScript for the browser, as text. They are plain modules with types in comments,
 * and a test holds them against TypeScript's checker.
 */
export const scripts: Readonly<Record<string, string>> = {
  detail,
  dom,
  faults,
  fields,
  json,
  list,
  main,
  ready,
  sandbox,
  welcome,
};
