/** The code of the thread. The build puts the bundled code itself here, so that a shop's bundle has it too. */
export const threadCode: URL | string = new URL("./thread.ts", import.meta.url);
