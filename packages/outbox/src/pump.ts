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
// Most jobs that are claimed before there is room for them, so that a delivery does not wait for the disk; and how many
// must have ended since the last claim for that, since a job that is held cannot be overtaken by a fresh one.
const MOST_AHEAD = 128;
const FAST = 4;
// A job that has waited so long for room is given back. With the longest delivery after it, that is well within a lease.
const HOLD_MS = 5_000;
const MOST_REMEMBERED = 1_000;

/** A job with what tells its lease from any other. */
export interface Leased<Lease> {
  readonly job: ClaimedJob;
  readonly lease: Lease;
}

/** A store that hands out leases. */
export interface LeasingStore<Lease> {
  /** Leases at most `limit` jobs that are due, fresh ones first. */
  claim(limit: number): Promise<readonly Leased<Lease>[]>;
  /** Applies a verdict, if the lease is still the one that the job was claimed under; whether it was. */
  settle(leased: Leased<Lease>, verdict: Verdict): Promise<boolean>;
  /** Makes a job due again that was not begun, as if it had never been claimed, likewise. */
  release(leased: Leased<Lease>): Promise<void>;
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

/** A job that is claimed and waits for room. */
interface Held<Lease> {
  readonly leased: Leased<Lease>;
  readonly since: number;
}

/** A job that is being sent or settled. */
interface Sending<Lease> {
  /** What the store handed out meanwhile. */
  again?: Held<Lease>;
}

/**
 * Keeps as many deliveries under way as allowed, each until its verdict is in the store: claims, delivers, settles.
 * While they end fast, more is claimed than there is room for, by what ended since the last claim; while AvantLink is
 * slow or silent, nothing is.
 */
export function startPump<Lease>(parts: PumpParts<Lease>): Pump {
  const { store, deliver, concurrency, runtime, problem } = parts;
  const underWay = new Set<Promise<void>>();
  // By key. A clock that is set forward ends leases early, and the store hands out again what this process has in hand:
  // then only the newer lease counts.
  const held = new Map<string, Held<Lease>>();
  const sending = new Map<string, Sending<Lease>>();
  /** When the latest that were delivered had been accepted: such a one is not sent again, whatever its lease came to. */
  const delivered = new Map<string, number>();
  let delivering = 0;
  // What is sent again if this process is killed: being delivered, or delivered and not noted yet.
  let unsettled = 0;
  let endedSinceClaim = 0;
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
    begin();
    if (stopped || claiming || owed > 0 || wanted() <= 0) return;
    claiming = claim().finally(() => {
      claiming = undefined;
      if (again) wake();
    });
  }

  function wanted(): number {
    const fast = endedSinceClaim >= FAST;
    // Twice as many, so that what is held soon lasts as long as the store takes.
    const ahead = fast ? Math.min(2 * endedSinceClaim, MOST_AHEAD) : 0;
    return concurrency - delivering - held.size + ahead;
  }

  async function claim(): Promise<void> {
    again = false;
    const limit = wanted();
    const since = runtime.now();
    endedSinceClaim = 0;
    const claimed = (await answered(store.claim(limit)))?.value ?? [];
    for (const leased of claimed) {
      const { key } = leased.job;
      const now = sending.get(key);
      if (now) now.again = { leased, since };
      else held.set(key, { leased, since });
    }
    begin();
    if (claimed.length === limit) again = true;
    look();
  }

  /** Looks again after a while, whatever happens meanwhile. */
  function look(): void {
    cancelLook();
    if (stopped) return;
    cancelLook = runtime.after(LOOK_MS, () => {
      giveBack(({ since }) => isStale(since));
      wake();
      look();
    });
  }

  /** Delivers as much of what is held as there is room for. */
  function begin(): void {
    while (!stopped && owed === 0 && unsettled < concurrency) {
      const [next] = held.values();
      if (!next) return;
      const { leased, since } = next;
      const { key, acceptedAt } = leased.job;
      held.delete(key);
      if (delivered.get(key) === acceptedAt) track(settle(leased, { status: "delivered" }));
      else if (isStale(since)) release(leased);
      else track(send(leased));
    }
  }

  function isStale(since: number): boolean {
    return runtime.now() - since > HOLD_MS;
  }

  function giveBack(which: (one: Held<Lease>) => boolean): void {
    for (const [key, one] of held) {
      if (!which(one)) continue;
      held.delete(key);
      release(one.leased);
    }
  }

  /** Lets others have a job that was not begun. If the store does not answer, its lease ends by itself. */
  function release(leased: Leased<Lease>): void {
    track(answered(store.release(leased)));
  }

  function track(work: Promise<unknown>): void {
    const tracked: Promise<void> = work.then(() => {
      underWay.delete(tracked);
    });
    underWay.add(tracked);
  }

  async function send(leased: Leased<Lease>): Promise<void> {
    const { key, acceptedAt } = leased.job;
    const own: Sending<Lease> = {};
    sending.set(key, own);
    delivering += 1;
    unsettled += 1;
    const verdict = await verdictOn(leased.job);
    delivering -= 1;
    endedSinceClaim += 1;
    if (verdict?.status === "delivered") remember(key, acceptedAt);
    const settling = verdict && settle(leased, verdict);
    // What is claimed now may share a commit with what is settled.
    wake();
    const settled = (await settling) ?? true;
    // It was handed out again either since it was due again, or since this lease had ended.
    if (own.again && settled) held.set(key, own.again);
    else if (own.again && verdict) await settle(own.again.leased, verdict);
    sending.delete(key);
    unsettled -= 1;
    begin();
  }

  function remember(key: string, acceptedAt: number): void {
    delivered.set(key, acceptedAt);
    const [oldest] = delivered.size > MOST_REMEMBERED ? delivered.keys() : [];
    if (oldest !== undefined) delivered.delete(oldest);
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

  /** Whether the lease was still its own. */
  async function settle(leased: Leased<Lease>, verdict: Verdict): Promise<boolean> {
    let answer = await answered(store.settle(leased, verdict));
    if (answer) return answer.value;
    owed += 1;
    while (!stopped && !answer) {
      await new Promise<void>((resolve) => {
        runtime.after(LOOK_MS, resolve);
      });
      answer = await answered(store.settle(leased, verdict));
    }
    owed -= 1;
    wake();
    return answer?.value ?? false;
  }

  wake();
  return {
    wake,
    async stop() {
      stopped = true;
      cancelLook();
      await claiming;
      giveBack(() => true);
      await Promise.all(underWay);
      // What was handed out again while it was settled.
      giveBack(() => true);
      await Promise.all(underWay);
    },
  };
}
