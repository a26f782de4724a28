import type { ReceivedRequest } from "../records.ts";

/** The head of a request as it went over the wire. */
export function headText({ method, path, rawHeaders }: ReceivedRequest): string {
  return [`${method} ${path} HTTP/1.1`, ...rawHeaders.map(([name, value]) => `${name}: ${value}`)].join("\n");
}

/** Headers that curl writes itself, or that only fit the connection which they came on. */
const ownToConnection =
  /^(host|content-length|connection|keep-alive|transfer-encoding|accept-encoding|expect)$/i;

/** A shell command that sends the same request again. */
export function curlText(url: string, { method, path, rawHeaders, raw }: ReceivedRequest): string {
  const headers = rawHeaders.filter(([name]) => !ownToConnection.test(name));
  const parts = [
    `curl -X ${quote(method)} ${quote(url + path)}`,
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
  ];
  if (raw !== "") parts.push(`--data-raw ${quote(raw)}`);
  return parts.join(" \\\n  ");
}

/** Quoted so that no shell reads anything into it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
