import { index, route } from "@react-router/dev/routes";

export default [
  index("./routes/home.ts"),
  route("plain", "./routes/plain.ts"),
  route("thank-you", "./routes/thank-you.ts"),
  route("track", "./routes/track.ts"),
  route("webhook", "./routes/webhook.ts"),
  route("context", "./routes/context.ts"),
  route("flush", "./routes/flush.ts"),
];
