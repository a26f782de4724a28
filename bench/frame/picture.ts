/** A line over time. */
export interface Line {
  readonly name: string;
  readonly color: string;
  /** Pairs of seconds and a value; a value that is no number leaves a gap. */
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** One diagram; several stand below each other, over the same time. */
export interface Panel {
  readonly title: string;
  /** Values of the axis, from its lowest to its highest. */
  readonly ticks: readonly number[];
  readonly scale: "linear" | "logarithmic";
  readonly lines: readonly Line[];
}

/** A stretch of time that is shaded in every panel. */
export interface Band {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

const [WIDTH, LEFT, RIGHT, TOP, HEIGHT, GAP] = [960, 70, 20, 60, 190, 50];
const INNER = WIDTH - LEFT - RIGHT;

/** Draws panels as an SVG that reads on a light and on a dark page. */
export function picture(
  title: string,
  seconds: number,
  panels: readonly Panel[],
  bands: readonly Band[],
): string {
  const height = TOP + panels.length * (HEIGHT + GAP) + 10;
  const x = (at: number) => LEFT + (Math.min(at, seconds) / seconds) * INNER;
  const shaded = bands.map(({ label, from, to }, at) => {
    const width = Math.max(2, x(to) - x(from));
    const left = x(from).toFixed(1);
    const bottom = TOP + panels.length * (HEIGHT + GAP) - GAP - TOP;
    return `<rect x="${left}" y="${TOP}" width="${width.toFixed(1)}" height="${bottom}" fill="#e0b04a" opacity="0.25"/>
<text x="${left}" y="${at % 2 ? TOP - 6 : TOP - 20}">${label}</text>`;
  });
  const drawn = panels.map((panel, at) => drawPanel(panel, TOP + at * (HEIGHT + GAP), x));
  const minutes = seconds / 60;
  const every = [0.1, 0.25, 0.5, 1, 5, 10, 20].find((step) => minutes / step <= 12) ?? 60;
  const times = Array.from({ length: Math.floor(minutes / every) + 1 }, (_, at) => at * every).map(
    (minute) =>
      `<text x="${x(minute * 60)}" y="${height - 30}" text-anchor="middle">${minute.toLocaleString("en-US")} min</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#444">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" font-weight="bold">${title}</text>`,
    ...shaded,
    ...drawn,
    ...times,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, ticks, scale, lines }: Panel, top: number, x: (at: number) => number): string {
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const part = (value: number) =>
    scale === "linear"
      ? (value - low) / (high - low)
      : Math.log(Math.max(value, low) / low) / Math.log(high / low);
  const y = (value: number) => top + HEIGHT - Math.min(1, Math.max(0, part(value))) * HEIGHT;
  const axis = ticks.map(
    (tick) => `<path d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" stroke="#ddd"/>
<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${tick.toLocaleString("en-US")}</text>`,
  );
  const paths = lines.map(({ points, color }) => {
    const known = points.map(([at, value]) => (Number.isFinite(value) ? ([x(at), y(value)] as const) : null));
    const steps = known.map(
      (point, at) => point && `${known[at - 1] ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`,
    );
    return `<path d="${steps.filter(Boolean).join("")}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  });
  const legend = lines.map(
    ({ name, color }, at) =>
      `<text x="${WIDTH - RIGHT - 8}" y="${top + 16 + at * 16}" text-anchor="end" fill="${color}">${name}</text>`,
  );
  return [
    `<text x="${LEFT + 8}" y="${top + 16}" font-weight="bold">${title}</text>`,
    ...axis,
    ...paths,
    ...legend,
  ].join("\n");
}
