import type { ReceivedRequest } from "../records.ts";

/** The head of a request as it went over the wire. */
export function headText({ method, path, rawHeaders }: ReceivedRequest): string {
  return [
    `${method} ${path} HTTP/1.1`,
    ...rawHeaders.map(([name, value]) => `${name}: ${asUtf8(value)}`),
  ].join("\n");
}

/** Headers that curl writes itself, or that only fit the connection which they came on. */
const ownToConnection =
  /^(host|content-length|connection|keep-alive|transfer-encoding|accept-encoding|expect)$/i;
/** One argument of a program holds 128 KiB on Linux; what a shell prints itself has no such end. */
const longestArgument = 100_000;

/** A shell command that sends the same request again. */
export function curlText(url: string, { method, path, rawHeaders, raw }: ReceivedRequest): string {
  const headers = rawHeaders.filter(([name]) => !ownToConnection.test(name));
  const parts = [
    `curl -X ${quote(method)} ${quote(url + path)}`,
    ...headers.map(([name, value]) => `-H ${quote(value === "" ? `${name};` : `${name}: ${asUtf8(value)}`)}`),
  ];
  const isLong = Buffer.byteLength(raw) > longestArgument;
  if (raw !== "") parts.push(isLong ? "--data-binary @-" : `--data-raw ${quote(raw)}`);
  return (isLong ? `printf '%s' ${quote(raw)} |\n  ` : "") + parts.join(" \\\n  ");
}

/** Node.js reads each byte of a header as a character; most often they are UTF-8, and a shell writes UTF-8. */
function asUtf8(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** Quoted so that no shell reads anything into it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
