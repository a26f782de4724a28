import { testAdapter } from "../conformance/adapter.ts";
import { shopsOf } from "./project.ts";

testAdapter("h3", shopsOf({ name: "h3", packages: ["h3@2"], start: ["node", "server.ts"] }));
