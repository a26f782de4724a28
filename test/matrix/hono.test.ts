import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

const project = { name: "hono", packages: ["hono@4", "@hono/node-server@2", "bun@1", "deno@2"] };

testAdapter("Hono on Node.js", shopsOf({ ...project, start: ["node", "server.ts"] }));
testAdapter("Hono on Bun", shopsOf({ ...project, start: ["bun", "server.ts"] }));
testAdapter("Hono on Deno", shopsOf({ ...project, start: ["deno", "run", "-A", "server.ts"] }), {
  framing: "Deno sends a response that was copied for resolveOrder in chunks",
});
