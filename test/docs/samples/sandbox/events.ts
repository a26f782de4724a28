import { createTracker } from "@avantlink-s2s/core";

const sandboxUrl = process.env.AVANTLINK_ENDPOINT ?? "";

export const tracker = createTracker({
  onEvent: (event) => {
    const body = JSON.stringify(event);
    void fetch(`${sandboxUrl}/events`, { method: "POST", body }).catch(() => {});
  },
});
