import type { NextApiRequest, NextApiResponse } from "next";
import { confirmationPage } from "../../scenario.ts";

export function queryOf(request: NextApiRequest): URLSearchParams {
  return new URL(request.url ?? "/", "http://shop").searchParams;
}

export function posted({ body }: NextApiRequest): string {
  return typeof body === "string" ? body : "";
}

export default function page(request: NextApiRequest, response: NextApiResponse): void {
  const { status, headers, body } = confirmationPage(queryOf(request), posted(request));
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.status(status);
  if (body === null) response.end();
  else response.send(body);
}
