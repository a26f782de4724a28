import type { Answer } from "./answer.ts";
import { LONGEST_ANSWER, TransportError, type TransportFactory } from "./transport.ts";

/** Posts with the edge runtime's own fetch. No redirect is followed. */
export const fetchTransport: TransportFactory = () => ({
  async post({ url, headers, body, timeoutMs }) {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        signal,
        redirect: "manual",
        cache: "no-store",
      });
      return await readResponse(response);
    } catch (cause) {
      const what = signal.aborted ? `No complete answer within ${timeoutMs} ms` : "The connection failed";
      throw new TransportError(what, true, cause);
    }
  },
  async close() {},
});

async function readResponse(response: Response): Promise<Answer> {
  let body = "";
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let length = 0; reader && length <= LONGEST_ANSWER; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    body += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return { status: response.status, retryAfter: response.headers.get("retry-after") ?? undefined, body };
}
