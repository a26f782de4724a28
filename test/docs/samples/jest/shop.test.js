const { createTracker, trackOrders } = require("@avantlink-s2s/express");
const { startSandbox } = require("@avantlink-s2s/sandbox");
const express = require("express");
const request = require("supertest");

test("an order arrives", async () => {
  const sandbox = await startSandbox();
  const tracker = createTracker({
    merchantId: "123e4567-e89b-12d3-a456-426614174000",
    endpoint: sandbox.url,
  });
  const app = express();
  const order = {
    orderNumber: "1001",
    currency: "USD",
    customer: { newCustomer: true, country: "US" },
    products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
  };
  app.get(
    "/thank-you",
    trackOrders(tracker, () => order),
    (req, res) => res.send("Thank you"),
  );
  await request(app).get("/thank-you");
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived.body.order.order_number).toBe("1001");
  await tracker.close();
  await sandbox.close();
});
