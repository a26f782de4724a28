import { html } from "htm/preact";
import { Copy } from "./words.ts";

const MERCHANT = "123e4567-e89b-12d3-a456-426614174000";

/** What a newcomer sees before anything has arrived. */
export function Welcome({ url }: { url: string }) {
  // On one line, as it may stand before a command.
  const settings = `AVANTLINK_MERCHANT_ID=${MERCHANT} AVANTLINK_ENDPOINT=${url}`;
  return html`
    <div class="welcome">
      <h3>Nothing has arrived yet</h3>
      <p>Start your shop with these settings (here any UUID will do as the merchant), and open it with <code>?avad=test_1</code> at the end of its address:</p>
      <p class="setting"><code>${settings}</code> <${Copy} label="Copy" text=${settings} /></p>
      <p>Or send a click by hand: <${Copy} label="Copy a curl command" text=${clickByCurl(url)} /></p>
    </div>`;
}

function clickByCurl(url: string): string {
  const click = {
    tracking_ids: { user_id: [], visitor_id: ["visitor-1"], avantlink_avad: "test_1" },
    user_agent: navigator.userAgent,
    current_url: "https://shop.example/?avad=test_1",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    user_ip_address: "",
  };
  const json = JSON.stringify(click).replaceAll("'", "'\\''");
  const headers = "-H 'Content-Type: application/json' -H 'Accept: application/json' -A my-shop";
  return `curl ${url}/merchants/${MERCHANT}/tracking/click ${headers} --data-raw '${json}'`;
}
