import { Option } from "@commander-js/extra-typings";
import type { Checked } from "../doctor/check-result.ts";
import { checkOutbox } from "../doctor/outbox.ts";
import { checkReach } from "../doctor/reach.ts";
import { checkSettings } from "../doctor/settings.ts";
import { checkVersions } from "../doctor/versions.ts";
import { EXIT } from "../exit-codes.ts";
import { destinationOf } from "../options/merchant-options.ts";
import { wholeNumber } from "../options/numbers.ts";
import { type Emphasis, harmless, openTerminal } from "../terminal/terminal.ts";
import { commandOnOutbox } from "./on-outbox.ts";

const LOOKS: Readonly<Record<Checked["status"], Emphasis>> = {
  ok: "good",
  fyi: "faint",
  warn: "careful",
  bad: "bad",
};

const STEPS = [
  "Click an affiliate link of the program, so that the shop is opened with ?avad=… in its address.",
  "Copy the value of avad, and buy something.",
  'In AvantLink, open "Order Inquiries", then "Tracking Details", and paste the value.',
  "Click and order appear within 30 minutes. If the click is missing, look at trackClicks; if the order is, at trackOrders.",
];

/** `doctor`: is everything ready for real orders? */
export const doctorCommand = commandOnOutbox(
  "doctor",
  "looks at the settings, the way to AvantLink, the outbox and the installed versions; sends nothing",
  ["", "--postgres postgres://localhost/shop --site-url https://shop.example --cookie-days 90"],
  `It reads this shell's environment, which may differ from the shop's. With an .env file:
  $ node --env-file=.env.production node_modules/avantlink-s2s/dist/main.js doctor --sqlite data/orders.db`,
)
  .option("--shop <folder>", "the shop's folder, whose packages are looked at", ".")
  .option("--site-url <url>", "the shop's public origin, as given to the tracker")
  .option("--cookie-domain <domain>", "the cookies' domain, as given to the tracker")
  .option("--cookie-days <days>", "the cookies' days, as given to the tracker", wholeNumber(0))
  .addOption(
    new Option("--cookie-same-site <value>", "the cookies' SameSite, as given to the tracker").choices([
      "lax",
      "strict",
      "none",
    ] as const),
  )
  .action(async (options) => {
    const terminal = openTerminal(options);
    const tracker = {
      merchantId: options.merchant,
      endpoint: options.endpoint,
      siteUrl: options.siteUrl,
      cookies: { domain: options.cookieDomain, days: options.cookieDays, sameSite: options.cookieSameSite },
    };
    const checks = [
      ...(await checkVersions(options.shop)),
      ...checkSettings(tracker, process.env),
      ...(await checkReach(destinationOf(options).endpoint, process.env)),
      ...(await checkOutbox(options)),
    ];
    const isBad = checks.some(({ status }) => status === "bad");
    terminal.sayJson({ ok: !isBad, checks, trackingDetails: STEPS });
    for (const { status, about, found, advice } of checks) {
      const mark = terminal.emphasise(LOOKS[status], status.padEnd(4));
      terminal.say(`${mark} ${terminal.emphasise("strong", harmless(about))}: ${harmless(found)}`);
      if (advice !== undefined) terminal.say(`     ${terminal.emphasise("faint", harmless(advice))}`);
    }
    terminal.say("\nThe last check is AvantLink's own:");
    for (const [index, step] of STEPS.entries()) terminal.say(`  ${index + 1}. ${step}`);
    process.exitCode = isBad ? EXIT.wrong : EXIT.ok;
  });
