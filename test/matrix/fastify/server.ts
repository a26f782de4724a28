import { createTracker, packContext, trackClicks, trackOrders, unpackContext } from "@avantlink-s2s/express";
import expressPlugin from "@fastify/express";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { options } from "./suite/options.ts";
import { confirmationPage, HOME, plainReceipt, resolveNow, suiteOrder } from "./suite/shop.ts";

const { trustedProxies, ...rest } = options;
const tracker = createTracker(rest);
const app = fastify({ trustProxy: trustedProxies === 0 ? false : "loopback" });
const posted = new WeakMap<object, string>();
const queryOf = (url = "/") => new URL(url, "http://shop").searchParams;

await app.register(expressPlugin);
app.express.set("trust proxy", trustedProxies);
app.use(trackClicks(tracker));
app.use(
  "/thank-you",
  trackOrders(tracker, (req) => resolveNow(queryOf(req.originalUrl), posted.get(req))),
);
app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
app.addHook("preHandler", async (request) => {
  if (typeof request.body === "string") posted.set(request.raw, request.body);
});
app.setErrorHandler((_cause, _request, reply) => void reply.code(500).send("The shop broke."));

const page = (request: FastifyRequest, reply: FastifyReply) => {
  const { status, headers, body } = confirmationPage(queryOf(request.url), posted.get(request.raw));
  return reply
    .code(status)
    .headers(headers)
    .send(body ?? undefined);
};
const methods = ["GET", "HEAD", "POST"];
app.route({ method: methods, url: "/", handler: (_, reply) => reply.headers(HOME.headers).send(HOME.body) });
app.route({ method: methods, url: "/plain", handler: page });
app.route({ method: methods, url: "/thank-you", handler: page });
app.get("/track", async (request) => {
  const query = queryOf(request.url);
  const wait = { waitForDeliveryMs: Number(query.get("wait")) };
  return plainReceipt(await tracker.trackOrder(await resolveNow(query), request.raw, wait));
});
app.post<{ Body: { orderNumber: string; metadata: Record<string, string> } }>(
  "/webhook",
  async ({ body }) => {
    const wait = { waitForDeliveryMs: 3_000 };
    const context = unpackContext(body.metadata);
    return plainReceipt(await tracker.trackOrder(suiteOrder(body.orderNumber), context, wait));
  },
);
app.get("/context", async (request) => packContext(await tracker.contextOf(request.raw)));
app.get("/flush", () => tracker.flush());
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
