// Stands in for a payment provider: a page to pay on, and a signed webhook that is called twice, because providers call
// it at least once. It is not part of the order service; a real shop uses a real provider.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import express from "express";
import { log, said } from "./log.ts";
import { SIGNATURE_HEADER, signatureOf } from "./payments.ts";
import { askedToEnd, failed, serve, stopServing } from "./web-process.ts";

/** The result of a payment. */
interface PaymentEvent {
  readonly id: string;
  readonly type: "payment.succeeded" | "payment.failed";
  readonly orderNumber: string;
  /** In cents. */
  readonly amount: number;
}

/** A call of the shop's webhook. */
interface Attempt {
  readonly event: PaymentEvent;
  readonly to: string;
  /** The answer's status; `0` when there was none. */
  readonly status: number;
  readonly answer: string;
}

const { PAYMENT_SECRET = "", WEBHOOK_URLS = "http://127.0.0.1:4031,http://127.0.0.1:4031" } = process.env;
const ATTEMPTS = 3;
const PAUSE_MS = 500;

const ending = askedToEnd();
const attempts: Attempt[] = [];
const app = express();
app.disable("x-powered-by");

app.get("/pay", (request, response) => {
  const { order, amount, return: back } = request.query;
  response.send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A payment provider</title>
<h1>Pay ${(Number(amount) / 100).toFixed(2)} USD for order ${escaped(order)}</h1>
<form name="pay" method="post" action="/pay">
<input type="hidden" name="order" value="${escaped(order)}">
<input type="hidden" name="amount" value="${escaped(amount)}"><input type="hidden" name="return" value="${escaped(back)}">
<button name="type" value="payment.succeeded">Pay (pretend)</button>
<button name="type" value="payment.failed">Let the payment fail</button>
</form>
</html>
`);
});

app.post("/pay", express.urlencoded({ extended: false }), (request, response) => {
  const failing = request.body.type === "payment.failed";
  const event: PaymentEvent = {
    id: randomUUID(),
    type: failing ? "payment.failed" : "payment.succeeded",
    orderNumber: String(request.body.order),
    amount: Number(request.body.amount),
  };
  // Calls every address at once, and calls an address again that does not answer 200.
  for (const url of WEBHOOK_URLS.split(",")) void callWebhook(event, url);
  response.redirect(303, String(request.body.return));
});

// The calls and the shop's answers, as providers show them.
app.get("/attempts", (_request, response) => {
  response.json(attempts);
});

async function callWebhook(event: PaymentEvent, url: string): Promise<void> {
  const body = JSON.stringify(event);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { status, answer } = await call(url, body);
    attempts.push({ event, to: url, status, answer });
    log("info", "webhook.sent", { orderNumber: event.orderNumber, to: url, status, answer });
    if (status === 200) return;
    await pause(PAUSE_MS);
  }
}

async function call(url: string, body: string): Promise<Pick<Attempt, "status" | "answer">> {
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "ExamplePay-Webhook/1.0",
    [SIGNATURE_HEADER]: signatureOf(body, PAYMENT_SECRET),
  };
  try {
    const response = await fetch(new URL("/webhooks/payments", url), { method: "POST", headers, body });
    return { status: response.status, answer: await response.text() };
  } catch (error) {
    return { status: 0, answer: said(error) };
  }
}

function escaped(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

app.use(failed);

const server = await serve(app, 4033);
await ending;
await stopServing(server);
