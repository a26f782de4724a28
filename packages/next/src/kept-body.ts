/** Most of a body that is kept, in bytes: as much as Next takes in a Server Action. */
export const MOST_KEPT = 1_048_576;

/**
 * The body of a copy, kept in memory for whoever may read it later. A copy alone would hold whatever has been read
 * of the other one, however much that is; so a body that is larger than {@link MOST_KEPT} is let go of, and reading
 * it fails.
 */
export function keptBody({ body }: Request | Response): ReadableStream<Uint8Array> {
  const reader = body?.getReader();

  async function keep(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (let kept = 0; ; ) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return controller.close();
      kept += value.byteLength;
      if (kept > MOST_KEPT)
        throw new RangeError(`The body is larger than ${MOST_KEPT} bytes and was not kept.`);
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
