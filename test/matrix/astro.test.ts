import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter(
  "Astro",
  shopsOf({
    name: "astro",
    packages: ["astro@7", "@astrojs/node@11"],
    build: ["astro", "build"],
    start: ["node", "dist/server/entry.mjs"],
  }),
  { refusesQuery: "Astro answers 400 to a query that cannot be decoded" },
);
