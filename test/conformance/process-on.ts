import type { TestProcess } from "@avantlink-s2s/outbox/testing";
import { startChild } from "../support/child.ts";
import type { OutboxAddress } from "../support/outboxes.ts";
import type { Answer, Request } from "./outbox-process.ts";

/** Starts a process with an outbox on a store of the tests. */
export async function processOn(address: OutboxAddress): Promise<TestProcess> {
  const child = startChild<Request, Answer>(new URL("./outbox-process.ts", import.meta.url), address);
  await child.next("ready");
  return {
    async put(numbers) {
      child.send({ ask: "put", numbers });
      const answer = await child.next("put");
      return answer.kind === "put" ? answer.accepted : [];
    },
    async hang() {
      child.send({ ask: "hang", concurrency: 1 });
      await child.next("claimed");
    },
    kill: () => child.kill(),
  };
}
