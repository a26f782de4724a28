import node from "@astrojs/node";

// The suite posts plain text, which is no form of another site's.
export default { output: "server", adapter: node({ mode: "standalone" }), security: { checkOrigin: false } };
