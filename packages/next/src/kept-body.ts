/** The most bytes of a body that are kept: as many as Next accepts in a Server Action. */
export const MAX_KEPT = 1_048_576;

/**
 * The body of a copy, kept in memory for a later reader. A copy alone would hold everything that was read of the
 * original, so a body of more than {@link MAX_KEPT} bytes is dropped, and reading it fails.
 */
export function keptBody({ body }: Request | Response): ReadableStream<Uint8Array> {
  const reader = body?.getReader();

  async function keep(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (let kept = 0; ; ) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return controller.close();
      kept += value.byteLength;
      if (kept > MAX_KEPT)
        throw new RangeError(`The body is larger than ${MAX_KEPT} bytes and was not kept.`);
      controller.enqueue(value);
    }
  }

  return new ReadableStream({
    start(controller) {
      keep(controller).catch((cause: unknown) => {
        controller.error(cause);
        reader?.cancel(cause).catch(() => {});
      });
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}
