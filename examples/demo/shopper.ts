import * as cheerio from "cheerio";
import superagent from "superagent";

/** The shop is not as the walk expects it. */
export class Unexpected extends Error {}

/** A page in the shopper's browser. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly cacheControl: string;
  /** The Set-Cookie lines of all responses that led to the page. */
  readonly setCookies: readonly string[];
  /** The requests that led to it: `POST /checkout → 303`. */
  readonly trail: readonly string[];
  readonly html: string;
  /** The parsed page. */
  readonly $: cheerio.CheerioAPI;
}

/** A shopper with a browser, as a shop sees it: cookies, Referer and the other headers of a browser. */
export interface Shopper {
  /** The page that is open. */
  readonly page: Page;
  /** Arrives from another site. */
  arrive(url: string, referrer: string): Promise<Page>;
  /** Clicks a link on the open page. */
  follow(selector: string): Promise<Page>;
  /** Fills in a form on the open page and posts it. Other fields keep their values. */
  submit(selector: string, values: Readonly<Record<string, string>>): Promise<Page>;
  /** Loads the open page again. */
  reload(): Promise<Page>;
}

export const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

const BROWSER_HEADERS = {
  "User-Agent": USER_AGENT,
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language": "en-US,en;q=0.5",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-User": "?1",
  "Upgrade-Insecure-Requests": "1",
};
const MAX_REDIRECTS = 5;

interface Visit {
  readonly method: string;
  readonly url: string;
  readonly referrer: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: { readonly type: string; readonly fields: ReadonlyMap<string, string> };
}

export function openBrowser(headers: Readonly<Record<string, string>> = {}): Shopper {
  const browser = superagent.agent();
  let open: { readonly page: Page; readonly referrer: string } | undefined;

  async function load(visit: Visit): Promise<Page> {
    const trail: string[] = [];
    const setCookies: string[] = [];
    let { method, url, form } = visit;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await request({ ...visit, method, url, ...(form && { form }) });
      trail.push(`${method} ${url.slice(new URL(url).origin.length)} → ${response.status}`);
      setCookies.push(...[response.headers["set-cookie"] ?? []].flat());
      const location: unknown = response.headers.location;
      if (typeof location !== "string") {
        const cacheControl = String(response.headers["cache-control"] ?? "");
        const page = {
          url,
          status: response.status,
          cacheControl,
          setCookies,
          trail,
          html: response.text,
          $: cheerio.load(response.text),
        };
        open = { page, referrer: visit.referrer };
        if (response.status !== 200) throw new Unexpected(`${trail.join(", ")}, and 200 was expected.`);
        return page;
      }
      url = new URL(location, url).href;
      if (response.status < 307) [method, form] = ["GET", undefined];
    }
    throw new Unexpected(`The shop redirects without end: ${trail.join(", ")}.`);
  }

  async function request({
    method,
    url,
    referrer,
    headers: more,
    form,
  }: Visit): Promise<superagent.Response> {
    const sameOrigin = new URL(referrer).origin === new URL(url).origin;
    const asking = (method === "POST" ? browser.post(url) : browser.get(url))
      .redirects(0)
      .ok(() => true)
      .set({ ...BROWSER_HEADERS, "Sec-Fetch-Site": sameOrigin ? "same-origin" : "cross-site" })
      .set({ Referer: referrer, ...more, ...headers });
    if (!form) return asking;
    asking.set("Origin", new URL(url).origin);
    // A framework's own form actions come as multipart.
    if (form.type === "multipart/form-data") {
      for (const [name, value] of form.fields) asking.field(name, value);
      return asking;
    }
    return asking.type("form").send(new URLSearchParams([...form.fields]).toString());
  }

  function openPage(): Page {
    if (!open) throw new Unexpected("No page is open yet.");
    return open.page;
  }

  return {
    get page() {
      return openPage();
    },
    arrive: (url, referrer) => load({ method: "GET", url, referrer }),
    async follow(selector) {
      const { $, url } = openPage();
      const href = $(selector).first().attr("href");
      if (href === undefined) throw new Unexpected(`${url} has no link ${selector}.`);
      return load({ method: "GET", url: new URL(href, url).href, referrer: url });
    },
    async submit(selector, values) {
      const { $, url } = openPage();
      const form = $(selector).first();
      if (form.length === 0) throw new Unexpected(`${url} has no ${selector}.`);
      const fields = new Map(form.serializeArray().map(({ name, value }) => [name, value]));
      for (const [name, value] of Object.entries(values)) fields.set(name, value);
      return load({
        method: "POST",
        url: new URL(form.attr("action") || url, url).href,
        referrer: url,
        form: { type: form.attr("enctype") ?? "", fields },
      });
    },
    reload() {
      const page = openPage();
      return load({
        method: "GET",
        url: page.url,
        referrer: open?.referrer ?? page.url,
        headers: { "Cache-Control": "max-age=0" },
      });
    },
  };
}
