import { Presets, SingleBar } from "cli-progress";

/** A bar on stderr, where stderr is a terminal. */
export interface Progress {
  update(value: number): void;
  stop(): void;
}

export function showProgress(what: string, total: number, unit: string): Progress {
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `${what} {bar} {percentage} %  {value}/{total} ${unit}  {eta_formatted} left`,
      etaBuffer: 200,
      // The bar's own handler would end the process before open requests are answered.
      gracefulExit: false,
      linewrap: false,
    },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start(total, 0);
  let stopped = false;
  return {
    update: (value) => void (stopped || bar.update(Math.min(value, total))),
    stop() {
      if (!stopped) bar.stop();
      stopped = true;
    },
  };
}
