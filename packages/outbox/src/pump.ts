import {
  AvantLinkError,
  type ClaimedJob,
  type Deliver,
  type OutboxWorker,
  type Runtime,
  type Verdict,
} from "@avantlink-s2s/core";

// How often the store is asked for what other processes put, and for what has become due.
const LOOK_MS = 500;

/** A job with what tells its lease from any other. */
export interface Leased<Lease> {
  readonly job: ClaimedJob;
  readonly lease: Lease;
}

/** A store that hands out leases. */
export interface LeasingStore<Lease> {
  /** Leases at most `limit` jobs that are due, fresh ones first. */
  claim(limit: number): Promise<readonly Leased<Lease>[]>;
  /** Applies a verdict, if the lease is still the one that the job was claimed under. */
  settle(leased: Leased<Lease>, verdict: Verdict): Promise<void>;
}

/** What the pump works with. */
export interface PumpParts<Lease> {
  readonly store: LeasingStore<Lease>;
  readonly deliver: Deliver;
  readonly concurrency: number;
  readonly runtime: Runtime;
  readonly problem: (error: AvantLinkError) => void;
}

/** A worker that can be told that there may be something to do. */
export interface Pump extends OutboxWorker {
  wake(): void;
}

/** Keeps as many deliveries under way as allowed: claims, delivers, settles. */
export function startPump<Lease>(parts: PumpParts<Lease>): Pump {
  const { store, deliver, concurrency, runtime, problem } = parts;
  const underWay = new Set<Promise<void>>();
  let delivering = 0;
  // Verdicts that the store has not taken yet. Until it has, nothing is claimed: a lease that ran out meanwhile
  // would be claimed again, and its order sent again.
  let owed = 0;
  let claiming: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let stalled = false;
  let cancelLook = () => {};

  /** What the store answered. That it does not is told once, until it does again. */
  async function answered<T>(asking: Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await asking;
      stalled = false;
      return { value };
    } catch (cause) {
      if (!stalled) problem(new AvantLinkError("outbox.stalled", { cause }));
      stalled = true;
      return undefined;
    }
  }

  function wake(): void {
    again = true;
    if (stopped || claiming || owed > 0 || delivering >= concurrency) return;
    claiming = claim().finally(() => {
      claiming = undefined;
      if (again) wake();
    });
  }

  async function claim(): Promise<void> {
    again = false;
    cancelLook();
    const limit = concurrency - delivering;
    const claimed = (await answered(store.claim(limit)))?.value ?? [];
    for (const leased of claimed) {
      delivering += 1;
      const sending = send(leased).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    if (stopped) return;
    if (claimed.length === limit) again = true;
    cancelLook = runtime.after(LOOK_MS, wake);
  }

  async function send(leased: Leased<Lease>): Promise<void> {
    const verdict = await verdictOn(leased.job);
    delivering -= 1;
    const settling = verdict && settle(leased, verdict);
    // What is claimed now may share a commit with what is settled.
    wake();
    await settling;
  }

  /** A delivery that breaks its promise costs its own job's lease, not the shop's process. */
  async function verdictOn(job: ClaimedJob): Promise<Verdict | undefined> {
    try {
      return await deliver(job);
    } catch (cause) {
      problem(new AvantLinkError("unexpected", { cause }));
      return undefined;
    }
  }

  async function settle(leased: Leased<Lease>, verdict: Verdict): Promise<void> {
    if (await answered(store.settle(leased, verdict))) return;
    owed += 1;
    while (!stopped) {
      await new Promise<void>((resolve) => {
        runtime.after(LOOK_MS, resolve);
      });
      if (await answered(store.settle(leased, verdict))) break;
    }
    owed -= 1;
    wake();
  }

  wake();
  return {
    wake,
    async stop() {
      stopped = true;
      cancelLook();
      await claiming;
      await Promise.all(underWay);
    },
  };
}
