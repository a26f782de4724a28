import { parentPort, workerData } from "node:worker_threads";
import type { AvantLinkError } from "@avantlink-s2s/core";
import { unavailable } from "../failure.ts";
import { type OpenFile, openFile } from "./open-file.ts";

// This is what runs in the thread. It opens the file at the first question, and answers each.

/** A question to the file in the thread: one of its methods, with the arguments. */
export interface Question {
  readonly id: number;
  readonly method: keyof OpenFile;
  readonly values: unknown[];
}

/** The answer to a question. Between threads an error would lose its class and its code. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Pick<AvantLinkError, "code" | "message" | "stack">;
}

let opening: Promise<OpenFile> | undefined;

async function answerTo({ id, method, values }: Question): Promise<Answer> {
  try {
    opening ??= openFile(workerData.path);
    const file = await opening;
    const ask = file[method] as (...values: unknown[]) => Promise<unknown>;
    return { id, value: await ask(...values) };
  } catch (cause) {
    const { code, message, stack } = unavailable(cause);
    return { id, error: { code, message, stack } };
  }
}

parentPort?.on("message", async (question: Question) => parentPort?.postMessage(await answerTo(question)));
