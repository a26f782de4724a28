import { MAX_ANSWER_BYTES } from "./transport.ts";

/**
 * An answer's text, decoded as its Content-Encoding says: some servers compress without being asked. `""` where it
 * cannot be decoded, or is longer than {@link MAX_ANSWER_BYTES}.
 */
export function decodedText(bytes: Buffer, contentEncoding: string): string {
  const encodings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  try {
    return encodings.reduceRight(decode, bytes).toString("utf8", 0, MAX_ANSWER_BYTES);
  } catch {
    return "";
  }
}

function decode(bytes: Buffer, encoding: string): Buffer {
  const zlib = process.getBuiltinModule("node:zlib");
  const bound = { maxOutputLength: MAX_ANSWER_BYTES };
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return zlib.gunzipSync(bytes, bound);
    case "deflate":
      // HTTP means zlib by this name, and many servers send raw deflate.
      return ((bytes[0] ?? 0) & 0x0f) === 8
        ? zlib.inflateSync(bytes, bound)
        : zlib.inflateRawSync(bytes, bound);
    case "br":
      return zlib.brotliDecompressSync(bytes, bound);
    default:
      return bytes;
  }
}
