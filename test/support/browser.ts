import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Where a Chromium is; `undefined` when there is none, which in CI is a fault and not an excuse. */
export function findChromium(): string | undefined {
  const found = PLACES.find((place) => place !== "" && existsSync(place));
  if (found === undefined && process.env.CI === "true") {
    throw new Error(
      "No Chromium was found. Install one, or name it in CHROMIUM_PATH: in CI pages are tested.",
    );
  }
  return found;
}

/** A shopper's browser. Chromium without a window calls itself HeadlessChrome, which is a bot's name. */
export const CHROMIUM_USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** A browser without a window, which calls nobody on its own. */
export function launchChromium(
  executablePath: string | undefined,
  further: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({
    headless: true,
    ...(executablePath !== undefined && { executablePath }),
    args: [
      `--user-agent=${CHROMIUM_USER_AGENT}`,
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...further,
    ],
  });
}
