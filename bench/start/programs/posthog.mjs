import { PostHog } from "posthog-node";

new PostHog("bench", { host: "http://127.0.0.1:9" });
