import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";
import { aContext, MERCHANT_ID } from "../support/orders.ts";

export const SAMPLES = join(import.meta.dirname, "samples");
/** The headers of a browser that loads a page. */
export const BROWSER = {
  "User-Agent": aContext().userAgent ?? "",
  Accept: "text/html",
  "Sec-Fetch-Dest": "document",
};

/** Programs of the samples, as printed but for their ports, in a copy beside the packages that they import. */
export interface Programs {
  readonly place: string;
  start(file: string, env: Readonly<Record<string, string>>): Promise<Program>;
  end(): Promise<void>;
}

/** A program that answers at its port. */
export interface Program {
  readonly url: string;
  readonly process: ChildProcess;
}

export function openPrograms(): Programs {
  const place = join(import.meta.dirname, ".run", randomUUID());
  cpSync(SAMPLES, place, { recursive: true });
  const running: ChildProcess[] = [];
  return {
    place,
    async start(file, env) {
      const port = await freePort();
      const printed = readFileSync(join(SAMPLES, file), "utf8");
      writeFileSync(join(place, file), printed.replace(/\b300[01]\b/, String(port)));
      const { PATH, NODE_COMPILE_CACHE } = process.env;
      const program = spawn(process.execPath, ["--conditions=@avantlink-s2s/source", join(place, file)], {
        cwd: place,
        env: { PATH, NODE_COMPILE_CACHE, AVANTLINK_MERCHANT_ID: MERCHANT_ID, ...env },
        stdio: ["ignore", "inherit", "inherit"],
      });
      running.push(program);
      const url = `http://127.0.0.1:${port}`;
      while (!(await fetch(`${url}/alive`).catch(() => undefined))) {
        if (program.exitCode !== null) throw new Error(`${file} ended with ${program.exitCode}`);
        await pause(50);
      }
      return { url, process: program };
    },
    async end() {
      for (const program of running) {
        if (program.exitCode === null && program.signalCode === null && program.kill("SIGKILL"))
          await once(program, "exit");
      }
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Loads a page as a browser does, which `fetch` cannot: it sends `Sec-Fetch-Mode` of its own. Returns its cookies. */
export async function visit(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const [response] = await once(get(url, { headers: { ...BROWSER, ...headers } }), "response");
  response.resume();
  await once(response, "end");
  const lines: readonly string[] = response.headers["set-cookie"] ?? [];
  return lines.map((line) => line.split(";", 1)[0]).join("; ");
}
