import { trackClicks } from "@avantlink-s2s/web/react-router";
import { Outlet } from "react-router";
import { tracker } from "./tracker.server.ts";

export const middleware = [trackClicks(tracker)];

export default function Root() {
  return <Outlet />;
}
