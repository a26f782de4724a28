import "reflect-metadata";
import { createTracker, packContext, trackClicks, trackOrders, unpackContext } from "@avantlink-s2s/express";
import { All, Controller, Get, Module, Post, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { Request, Response } from "express";
import { options } from "./suite/options.ts";
import { confirmationPage, HOME, plainReceipt, resolveNow, suiteOrder } from "./suite/shop.ts";

const { trustedProxies, ...rest } = options;
const tracker = createTracker(rest);
const queryOf = (req: Request) => new URL(req.originalUrl, "http://shop").searchParams;
const posted = (req: Request) => (typeof req.body === "string" ? req.body : "");

class ShopController {
  home(_req: Request, res: Response) {
    res.set(HOME.headers).send(HOME.body);
  }
  page(req: Request, res: Response) {
    const { status, headers, body } = confirmationPage(queryOf(req), posted(req));
    res
      .status(status)
      .set(headers)
      .send(body ?? undefined);
  }
  async track(req: Request, res: Response) {
    const wait = { waitForDeliveryMs: Number(queryOf(req).get("wait")) };
    res.json(plainReceipt(await tracker.trackOrder(await resolveNow(queryOf(req)), req, wait)));
  }
  async webhook(req: Request, res: Response) {
    const { orderNumber, metadata } = req.body;
    const wait = { waitForDeliveryMs: 3_000 };
    const receipt = await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait);
    res.status(200).json(plainReceipt(receipt));
  }
  async context(req: Request, res: Response) {
    res.json(packContext(await tracker.contextOf(req)));
  }
  async flush(_req: Request, res: Response) {
    res.json(await tracker.flush());
  }
}

class ShopModule {}

// As decorators do it, which Node does not read without a compiler.
function route(name: keyof ShopController, decorator: MethodDecorator): void {
  const descriptor = Object.getOwnPropertyDescriptor(ShopController.prototype, name);
  if (!descriptor) return;
  decorator(ShopController.prototype, name, descriptor);
  Req()(ShopController.prototype, name, 0);
  Res()(ShopController.prototype, name, 1);
}
route("home", All("/"));
route("page", All(["/plain", "/thank-you"]));
route("track", Get("/track"));
route("webhook", Post("/webhook"));
route("context", Get("/context"));
route("flush", Get("/flush"));
Controller()(ShopController);
Module({ controllers: [ShopController] })(ShopModule);

const app = await NestFactory.create<NestExpressApplication>(ShopModule, { logger: false });
app.set("trust proxy", trustedProxies);
app.useBodyParser("text");
app.use(trackClicks(tracker));
app.use(
  "/thank-you",
  trackOrders(tracker, (req) => resolveNow(queryOf(req), posted(req))),
);
await app.listen(Number(process.env.PORT), "127.0.0.1");
