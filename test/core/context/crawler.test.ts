import { expect, test } from "vitest";
import { isCrawler } from "../../../packages/core/src/context/navigation.ts";
import { openRequest } from "../../../packages/core/src/context/read-request.ts";
import { rawRequest } from "../../support/requests.ts";

test.each([
  ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true],
  ["Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", true],
  ["facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", true],
  ["WhatsApp/2.23.20.0", true],
  ["curl/8.5.0", true],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
    false,
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
    false,
  ],
  ["", false],
])("%s is a crawler: %s", (userAgent, expected) => {
  const request = openRequest(rawRequest("/", { "user-agent": userAgent }), undefined, () => {});
  expect(isCrawler(request)).toBe(expected);
});
