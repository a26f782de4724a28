/** Upper bound of a body that is kept, in bytes: the same limit as a Server Action of Next.js. */
export const MAX_KEPT_BODY = 1_048_576;

/**
 * The body of a copy, kept in memory for `resolveOrder` to read later. A plain `clone()` would buffer all that was read
 * of the original, without a bound. Here a body above {@link MAX_KEPT_BODY} is dropped, and reading the copy fails. A
 * `TransformStream` would be shorter, but pages on workerd hang with it.
 */
export function keptBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();

  async function keep(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (let kept = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      kept += value.byteLength;
      if (kept > MAX_KEPT_BODY)
        throw new RangeError(
          `The body is larger than ${MAX_KEPT_BODY} bytes, so resolveOrder cannot read it. Find the order another way.`,
        );
      controller.enqueue(value);
    }
  }

  return new ReadableStream({
    start(controller) {
      keep(controller).catch((cause: unknown) => {
        controller.error(cause);
        reader.cancel(cause).catch(() => {});
      });
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
