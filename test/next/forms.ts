import type { Browser, RawAnswer, Visit } from "../conformance/harness.ts";

/**
 * Fills in the form of a page and posts it to the page's own address, as a browser without scripts does with the
 * form of a Server Action: with the hidden fields by which Next finds the action. It follows nothing.
 */
export async function submitForm(
  browser: Browser,
  page: string,
  values: Readonly<Record<string, string>>,
  headers: Visit["headers"] = {},
): Promise<RawAnswer> {
  const html = (await browser.open(page)).body.toString();
  const [form = ""] = /<form\b[^>]*enctype="multipart\/form-data"[\s\S]*?<\/form>/i.exec(html) ?? [];
  const fields = new FormData();
  for (const [input] of form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
    fields.set(attribute(input, "name"), attribute(input, "value"));
  }
  for (const [name, value] of Object.entries(values)) fields.set(name, value);
  const encoded = new Response(fields);
  return browser.open(page, {
    method: "POST",
    headers: { ...headers, "content-type": encoded.headers.get("content-type") ?? "" },
    body: await encoded.text(),
  });
}

function attribute(tag: string, name: string): string {
  return (new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
