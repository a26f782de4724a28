/** What a newcomer sees before anything has arrived. */
export const welcome = /* js */ String.raw`
import { copyButton, element } from "./dom.js";

/** @param {string} url */
export function welcomeView(url) {
  const merchant = "123e4567-e89b-42d3-a456-426614174000";
  // On one line, as it may stand before a command.
  const settings = "AVANTLINK_MERCHANT_ID=" + merchant + " AVANTLINK_ENDPOINT=" + url;
  const click = {
    tracking_ids: { user_id: [], visitor_id: ["visitor-1"], avantlink_avad: "test_1" },
    user_agent: navigator.userAgent,
    current_url: "https://shop.example/?avad=test_1",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    user_ip_address: "",
  };
  const curl =
    "curl " + url + "/merchants/" + merchant + "/tracking/click -H 'Content-Type: application/json' -H 'Accept: application/json' -A my-shop --data-raw '" +
    JSON.stringify(click).replaceAll("'", "'\\''") + "'";
  return [
    element("h3", {}, "Nothing has arrived yet"),
    element("p", {}, "Start your shop with these settings (here any UUID will do as the merchant), and open it with ", element("code", {}, "?avad=test_1"), " at the end of its address:"),
    element("p", { class: "setting" }, element("code", {}, settings), " ", copyButton("Copy", settings)),
    element("p", {}, "Or send a click by hand: ", copyButton("Copy a curl command", curl)),
  ];
}
`;
