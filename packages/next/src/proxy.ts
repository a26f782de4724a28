export { type ClickOptions, type ClickProxy, trackClicks } from "./track-clicks.ts";
