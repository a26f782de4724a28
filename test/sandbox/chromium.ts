import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Where a Chromium is; `undefined` when there is none, which in CI is a fault and not an excuse. */
export function findChromium(): string | undefined {
  const found = places.find((place) => place !== "" && existsSync(place));
  if (found === undefined && process.env.CI === "true") {
    throw new Error(
      "No Chromium was found. Install one, or name it in CHROMIUM_PATH: in CI the page is tested.",
    );
  }
  return found;
}

export function launchChromium(executablePath: string | undefined): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
