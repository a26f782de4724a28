import { Presets, SingleBar } from "cli-progress";

/** Shows the progress of some work by a bar on stderr, where stderr is a terminal. */
export async function withBar<T>(
  what: string,
  total: number,
  unit: string,
  work: (progress: (done: number) => void) => Promise<T>,
): Promise<T> {
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
  try {
    return await work((done) => bar.update(Math.min(done, total)));
  } finally {
    bar.stop();
  }
}
