import type { LoaderFunctionArgs } from "react-router";
import { confirmationPage } from "../suite/shop.ts";

const posts = new WeakMap<object, string>();

export async function page({ request, context }: LoaderFunctionArgs): Promise<Response> {
  const posted = await request.text();
  posts.set(context, posted);
  const { status, headers, body } = confirmationPage(new URL(request.url).searchParams, posted);
  return new Response(body, { status, headers });
}

export const postedIn = (context: object) => posts.get(context);
