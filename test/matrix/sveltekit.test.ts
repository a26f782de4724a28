import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter(
  "SvelteKit",
  shopsOf({
    name: "sveltekit",
    packages: [
      "@sveltejs/kit@3",
      "@sveltejs/adapter-node@6",
      "@sveltejs/vite-plugin-svelte",
      "svelte",
      "vite",
    ],
    build: ["vite", "build"],
    start: ["node", "build/index.js"],
  }),
);
