import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter(
  "Fastify",
  shopsOf({ name: "fastify", packages: ["fastify@5", "@fastify/express@4"], start: ["node", "server.ts"] }),
  {
    refusesQuery: "@fastify/express answers 500 to a query that cannot be decoded",
  },
);
