import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, jsonAnswer, send } from "../answers.ts";
import { refusedByPage } from "../guard.ts";
import { bundlePage } from "./bundle.ts";
import { streamChanges } from "./live.ts";
import type { PageSource } from "./source.ts";

/** Nothing but our own files runs or is loaded, and text is never taken for markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const protection = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

let files: ReturnType<typeof bundlePage> | undefined;

/** Answers a request to the page, or to what it asks for. `path` is the part of the address below the page. */
export async function servePage(
  source: PageSource,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  for (const [name, value] of Object.entries(protection)) response.setHeader(name, value);
  const refused = refusedByPage(request);
  if (refused !== undefined) return void send(response, json(403, { error: refused }));
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reads && path.startsWith("/api/changes")) return streamChanges(source, response);
  const answering = reads
    ? fileAt(path).then((file) => file ?? ask(source, path))
    : source.control?.(path, request);
  const answer = await answering?.catch(failed);
  send(response, answer ?? nothing, request.method !== "HEAD");
}

async function fileAt(path: string): Promise<Answer | undefined> {
  if (path.startsWith("/api/")) return undefined;
  files ??= bundlePage();
  const file = (await files).get(path.split("?", 1)[0] ?? "");
  return (
    file && {
      status: 200,
      headers: { "Content-Type": file.type, "Cache-Control": "no-cache" },
      body: file.text,
    }
  );
}

async function ask(source: PageSource, path: string): Promise<Answer | undefined> {
  if (!URL.canParse(path, "http://page")) return undefined;
  const { pathname, searchParams } = new URL(path, "http://page");
  if (pathname === "/api/view") {
    const asked = (name: string) => searchParams.get(name) ?? "";
    return json(
      200,
      await source.view({ show: asked("show") || "all", search: asked("search"), page: asked("page") }),
    );
  }
  const [, id = "", body] = /^\/api\/items\/([\w-]+)(\/body)?$/.exec(pathname) ?? [];
  if (id === "") return undefined;
  const found = body === undefined ? await source.detail(id) : { body: await source.body?.(id) };
  return found === undefined
    ? json(404, { error: `${id} is no longer kept, or never was.` })
    : json(200, found);
}

export function json(status: number, value: object): Answer {
  return jsonAnswer(status, JSON.stringify(value), { "Cache-Control": "no-store" });
}

/** The page shows the sentence. */
function failed(error: unknown): Answer {
  return json(500, { error: error instanceof Error ? error.message : String(error) });
}

const nothing = json(404, { error: "There is nothing here. The page is at /." });
