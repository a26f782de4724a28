import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";

export default {
  plugins: [
    sveltekit({
      adapter: adapter(),
      // The suite posts plain text, which is no form of another site's.
      csrf: { trustedOrigins: ["*"] },
      // Without this SvelteKit takes the site for https.
      paths: { origin: "http://shop.example" },
    }),
  ],
};
