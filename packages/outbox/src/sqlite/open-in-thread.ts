import { Worker } from "node:worker_threads";
import { AvantLinkError } from "@avantlink-s2s/core";
import { inTime } from "../store-timeout.ts";
import type { OpenFile } from "./open-file.ts";
import type { Answer, Question } from "./thread.ts";
import { threadCode } from "./thread-code.ts";

/**
 * Opens the file in a thread of its own, so that nothing here waits for the disk. `ended` is called when that thread has
 * ended, for whatever reason. What it was asked is then rejected.
 */
export async function openInThread(path: string, ended: () => void): Promise<OpenFile> {
  const workerData = { path, from: import.meta.url };
  const worker = new Worker(threadCode, { eval: typeof threadCode === "string", workerData });
  const asked = new Map<number, { resolve(value: unknown): void; reject(cause: unknown): void }>();
  let lastId = 0;
  let hasEnded = false;

  function ask(method: Question["method"], ...values: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (hasEnded) throw new Error("The thread has ended");
      lastId += 1;
      worker.postMessage({ id: lastId, method, values } satisfies Question);
      asked.set(lastId, { resolve, reject });
      worker.ref();
    });
  }

  function end(cause: unknown): void {
    hasEnded = true;
    for (const { reject } of asked.values()) reject(cause);
    asked.clear();
  }

  // A thread that failed may fail again while it ends. Without a listener that would end the process.
  worker.on("error", end);
  worker.once("exit", () => end(new Error("The thread has ended")));
  worker.on("message", ({ id, value, error }: Answer) => {
    const question = asked.get(id);
    asked.delete(id);
    // The thread keeps the process alive only while it has a question.
    if (asked.size === 0) worker.unref();
    if (error) question?.reject(Object.assign(new AvantLinkError(error.code), error));
    else question?.resolve(value);
  });

  const file: OpenFile = {
    sqliteVersion: () => ask("sqliteVersion") as Promise<string>,
    read: (call) => ask("read", call),
    write: (calls, until) => ask("write", calls, until) as Promise<readonly unknown[]>,
    lookAfter: (now) => ask("lookAfter", now) as Promise<boolean>,
    close: () =>
      inTime(
        ask("close").then(() => void worker.terminate()),
        path,
      ),
  };
  try {
    // The thread opens the file at its first question.
    await file.sqliteVersion();
    worker.once("exit", ended);
    return file;
  } catch (cause) {
    void worker.terminate();
    throw cause;
  }
}
