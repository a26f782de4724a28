import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM_USER_AGENT } from "../support/browser.ts";
import { standInFrontOf } from "./front.ts";

/** A shopper in a browser to which no tool is attached: Chromium prerenders nothing in a driven browser. */
export interface UnattendedShopper {
  /** The public address of the shop, as this shopper knows it. */
  readonly url: string;
  /** Resolves with what the shopper says next. */
  says(): Promise<string>;
  /** Lets a shopper who waits for it go on. */
  goOn(): void;
  close(): Promise<void>;
}

/**
 * Opens a page of a shop in a browser of its own. `hands` runs in every page, also in a prerendered page;
 * there `/hands/say/…` sends a text to the test, and `/hands/wait` is answered when the test says so.
 */
export async function openUnattended(
  executable: string,
  shop: string,
  start: string,
  hands: string,
): Promise<UnattendedShopper> {
  const said: string[] = [];
  let heard = () => {};
  let letGo = () => {};
  const waited = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const front = await standInFrontOf(shop, async ({ url = "" }, pass) => {
    if (url.startsWith("/hands/")) {
      if (url === "/hands/wait") await waited;
      else said.push(decodeURIComponent(url.slice("/hands/say/".length)));
      heard();
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const answer = await pass();
    if (!/^text\/html/.test(answer.headers["content-type"] ?? "")) return answer;
    const body = answer.body.toString().replace("</head>", `<script>${hands}</script></head>`);
    return { ...answer, body: Buffer.from(body) };
  });
  const profile = mkdtempSync(join(tmpdir(), "unattended-"));
  const browser = spawn(
    executable,
    [
      "--headless=new",
      `--user-agent=${CHROMIUM_USER_AGENT}`,
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      `--user-data-dir=${profile}`,
      front.url + start,
    ],
    { stdio: "ignore" },
  );
  const ended = once(browser, "exit");
  return {
    url: front.url,
    async says() {
      for (;;) {
        const next = said.shift();
        if (next !== undefined) return next;
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    goOn: () => letGo(),
    async close() {
      browser.kill();
      await ended;
      await front.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
