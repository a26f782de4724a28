import type { NextRequest } from "next/server.js";
import { confirmationPage } from "./scenario.ts";

export async function page(request: NextRequest): Promise<Response> {
  const { status, headers, body } = confirmationPage(request.nextUrl.searchParams, await request.text());
  return new Response(body, { status, headers });
}
