import { beforeAll } from "vitest";
import { testAdapter } from "../conformance/adapter.ts";
import { openSuiteShop, suiteProject } from "./suite-shop.ts";

beforeAll(async () => {
  await suiteProject();
});

const known = { rewritesQuery: "Next hands the proxy a query written anew, where a space and + are one" };

testAdapter("Next", (settings) => openSuiteShop(settings), known);

testAdapter(
  "Next's Pages Router",
  (settings) => openSuiteShop(settings, (page) => (page === "home" ? "/" : `/api/${page}`)),
  known,
);
