import { inject } from "vitest";
import { testAdapter } from "../conformance/adapter.ts";
import { toldEvents } from "../conformance/harness.ts";
import type { ShopPage, ShopSettings } from "../conformance/shop.ts";
import { startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

const project = await builtProject({ source: "test/next/conformance-shop", next: inject("nextVersion") });
const known = { rewritesQuery: "Next hands the proxy a query written anew, where a space and + are one" };

async function open(settings: ShopSettings, path: (page: ShopPage) => string) {
  const { tell, told } = toldEvents();
  const environment = { SUITE_SETTINGS: JSON.stringify(settings) };
  const { url, close } = await startNext(project, environment, (line) => {
    if (line.startsWith("@event ")) tell(JSON.parse(line.slice("@event ".length)));
  });
  return { url, close, told, path };
}

testAdapter("Next", (settings) => open(settings, (page) => (page === "home" ? "/" : `/${page}`)), known);

testAdapter(
  "Next's Pages Router",
  (settings) => open(settings, (page) => (page === "home" ? "/" : `/api/${page}`)),
  known,
);
