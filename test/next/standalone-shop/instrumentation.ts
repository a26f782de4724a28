export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { tracker } = await import("./tracker.ts");
  await tracker.start();
}
