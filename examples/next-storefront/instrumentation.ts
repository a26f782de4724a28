/** Runs once, when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    try {
      const { tracker } = await import("./lib/tracker.ts"); // AvantLink
      await tracker.start(); // AvantLink: goes on with what an earlier process left
    } catch (cause) {
      // Next alone would log what is wrong and go on, with an error for every page.
      console.error(cause);
      process.exit(1);
    }
  }
}
