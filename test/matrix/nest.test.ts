import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter(
  "Nest",
  shopsOf({
    name: "nest",
    packages: [
      "@nestjs/core@12",
      "@nestjs/common@12",
      "@nestjs/platform-express@12",
      "reflect-metadata",
      "rxjs",
    ],
    start: ["node", "server.ts"],
  }),
);
