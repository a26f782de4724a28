import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter(
  "React Router",
  shopsOf({
    name: "react-router",
    packages: [
      "react-router@8",
      "@react-router/node@8",
      "@react-router/dev@8",
      "@react-router/serve@8",
      "react@19",
      "react-dom@19",
      "isbot@5",
      "vite",
    ],
    build: ["react-router", "build"],
    start: ["react-router-serve", "build/server/index.js"],
  }),
  { rewritesQuery: "React Router hands on a query written anew, where a space and + are the same" },
);
