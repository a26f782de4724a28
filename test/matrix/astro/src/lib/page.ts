import type { APIContext } from "astro";
import { confirmationPage } from "../../suite/shop.ts";

export async function page({ request, url, locals }: APIContext): Promise<Response> {
  const posted = await request.text();
  Object.assign(locals, { posted });
  const { status, headers, body } = confirmationPage(url.searchParams, posted);
  return new Response(body, { status, headers });
}
