import type { Environment } from "./environment.ts";

/** Whether anything is sent, and why. */
export interface Mode {
  /** `build`: the framework renders pages before there is a shopper, so that nothing may be tracked. */
  readonly mode: "live" | "dry-run" | "build";
  /** Why, as the end of a sentence: "NODE_ENV is development, not production". */
  readonly reason: string;
  /** Whether the shop chose the mode itself. */
  readonly chosen: boolean;
}

/** What decides {@link readMode}. */
export interface ModeQuestion {
  /** The option `mode`, where the shop gave it. */
  readonly given?: "live" | "dry-run" | undefined;
  /** Whether the endpoint is a server on this machine. */
  readonly loopback: boolean;
  readonly env: Environment;
}

/** Live only in production, or towards this machine, or when the shop says so. */
export function readMode({ given, loopback, env }: ModeQuestion): Mode {
  if (env.NEXT_PHASE === "phase-production-build")
    return { mode: "build", reason: "Next.js is building the site", chosen: false };
  if (given) return { mode: given, reason: `the option mode is "${given}"`, chosen: true };
  const named = env.AVANTLINK_MODE?.trim();
  if (named === "live" || named === "dry-run")
    return { mode: named, reason: `AVANTLINK_MODE is ${named}`, chosen: true };
  if (loopback) return { mode: "live", reason: "the endpoint is a server on this machine", chosen: false };
  const preview = previewSign(env);
  if (preview) return { mode: "dry-run", reason: preview, chosen: false };
  if (env.NODE_ENV === "production") return { mode: "live", reason: "NODE_ENV is production", chosen: false };
  return {
    mode: "dry-run",
    reason: `NODE_ENV is ${env.NODE_ENV ?? "not set"}, not production`,
    chosen: false,
  };
}

// What each platform sets for a deployment of a branch or a pull request, by its own documentation.
const PREVIEWS: readonly [
  platform: string,
  variable: string,
  isPreview: (value: string, env: Environment) => boolean,
][] = [
  ["Vercel", "VERCEL_ENV", (value) => value !== "production"],
  ["Netlify", "CONTEXT", (value, env) => env.NETLIFY === "true" && value !== "production"],
  ["Render", "IS_PULL_REQUEST", (value) => value === "true"],
  ["Heroku", "HEROKU_PR_NUMBER", () => true],
  ["Railway", "RAILWAY_ENVIRONMENT_NAME", (value) => !isProductionName(value)],
  ["AWS Amplify", "AWS_PULL_REQUEST_ID", () => true],
  ["Cloudflare Pages", "CF_PAGES_BRANCH", (value) => !isProductionName(value)],
  ["Cloudflare Workers", "WORKERS_CI_BRANCH", (value) => !isProductionName(value)],
];

function previewSign(env: Environment): string | undefined {
  for (const [platform, variable, isPreview] of PREVIEWS) {
    const value = env[variable];
    if (value && isPreview(value, env))
      return `this is a preview deployment: ${platform} set ${variable} to ${value.slice(0, 40)}`;
  }
  return undefined;
}

function isProductionName(name: string): boolean {
  return /^(?:prod|production|live|main|master)$/i.test(name);
}
