/** The shop's own logger, which keeps its lines. */
export const lines: string[] = [];
const write = (level: string) => (fields: object) => void lines.push(JSON.stringify({ level, ...fields }));
export const logger = { info: write("info"), warn: write("warn") };
