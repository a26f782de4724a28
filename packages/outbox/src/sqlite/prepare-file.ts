import { chmod, mkdir, open, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { AvantLinkError } from "@avantlink-s2s/core";
import { pause } from "../pause.ts";

// A process that makes the file takes milliseconds; an older lock was left by a killed process.
const STALE_LOCK_MS = 5_000;

// The first bytes of every SQLite file that is not empty.
const HEADER = "SQLite format 3\0";

// statfs(2): file systems whose locks and shared memory do not reach across machines, as SQLite needs them to.
const NETWORK: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "SMB",
  4266872130: "SMB",
};

/** The name of a network file system, by the type that Linux gives it. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK[type >>> 0];
}

/** Makes sure of a file that SQLite can keep orders in and that only its owner can read. */
export async function prepareFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const network = process.platform === "linux" && networkFileSystem((await statfs(dirname(path))).type);
    if (network) {
      throw unfit(`${path} is on ${network}, where SQLite cannot keep processes apart: use a local disk.`);
    }
    if (!(await exists(path))) await makeFile(path);
    await checkDatabase(path);
    await makePrivate(path);
  } catch (cause) {
    if (cause instanceof AvantLinkError) throw cause;
    throw unfit(
      `${path} cannot be written (${codeOf(cause)}): give the outbox a file that it may write.`,
      cause,
    );
  }
}

/** Identifies the file that has this name now. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
    throw cause;
  }
}

/** One level after the other: mkdir with `recursive` never ends where a folder answers ENOENT for ever. */
async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  let above = folder;
  for (; !(await exists(above)) && dirname(above) !== above; above = dirname(above)) missing.unshift(above);
  for (const level of missing) {
    await mkdir(level, { mode: 0o700 }).catch((cause: unknown) => {
      if (codeOf(cause) !== "EEXIST") throw cause;
    });
  }
}

/**
 * Makes the file, empty. What a removed file left beside it must go first, and goes in one process at a time: a
 * write-ahead log's index that two databases share would damage both.
 */
async function makeFile(path: string): Promise<void> {
  const stale: string[] = [];
  let lock = `${path}.lock`;
  for (;;) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      break;
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
      if (await exists(path)) return;
      const since = await stat(lock).catch(() => undefined);
      if (since && Math.abs(Date.now() - since.mtimeMs) > STALE_LOCK_MS) {
        // It stays until the file is there: all that find it go for the lock that is named after it, and one gets that.
        stale.push(lock);
        lock = `${lock}.${since.ino}`;
      } else await pause(10);
    }
  }
  try {
    if (await exists(path)) return;
    for (const ending of ["-wal", "-shm"]) await rm(`${path}${ending}`, { force: true });
    await (await open(path, "a", 0o600)).close();
    for (const left of stale) await rm(left, { force: true });
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * Refuses a path that names something else (a device, a shop's own file), before its rights are changed. An outbox's
 * file is private by then and is not opened here: closing it would end every lock of this process on it. SQLite of
 * another process would take it for unused, and remove the write-ahead log in which another outbox of this process
 * goes on: https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_.
 */
async function checkDatabase(path: string): Promise<void> {
  const stats = await stat(path);
  if (!stats.isFile()) throw unfit(`${path} is not a regular file: give the outbox a file of its own.`);
  if (isPrivate(stats.mode)) return;
  const file = await open(path, "r+");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    if (bytesRead > 0 && buffer.toString("latin1") !== HEADER) {
      throw unfit(`${path} is not a SQLite database: give the outbox a file of its own.`);
    }
  } finally {
    await file.close();
  }
}

/** Takes away the rights of others; their orders are nobody else's to read. */
async function makePrivate(path: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid, mode } = await stat(path);
  if (uid !== user && user !== 0) {
    throw unfit(`${path} belongs to another user. Run: sudo chown ${user} ${path}`);
  }
  for (const file of isPrivate(mode) ? [] : [path, `${path}-wal`, `${path}-shm`]) {
    await chmod(file, 0o600).catch((cause: unknown) => {
      if (codeOf(cause) === "ENOENT") return;
      throw unfit(`${file} can be read by other users. Run: chmod 600 ${file}`, cause);
    });
  }
}

function isPrivate(mode: number): boolean {
  return (mode & 0o077) === 0;
}

async function exists(path: string): Promise<boolean> {
  return (await identityOf(path)) !== undefined;
}

/** Orders cannot be entrusted to this store. */
export function unfit(detail: string, cause?: unknown): AvantLinkError {
  return new AvantLinkError("outbox.unfit", { detail, cause });
}

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause);
}
