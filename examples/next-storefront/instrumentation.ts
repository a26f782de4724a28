/** Runs once, when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { tracker } = await import("./lib/tracker.ts"); // AvantLink
  await tracker.start(); // AvantLink: goes on with what an earlier process left
}
