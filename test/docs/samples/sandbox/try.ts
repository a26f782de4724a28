import { createTracker } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";

const sandbox = await startSandbox(); // startSandbox({ port: 4020 }) keeps one address
const tracker = createTracker({
  merchantId: "123e4567-e89b-12d3-a456-426614174000", // any UUID
  endpoint: sandbox.url,
});
await tracker.trackOrder({
  orderNumber: "1001",
  currency: "USD",
  customer: { newCustomer: true, country: "US" },
  products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
});
const [order] = await sandbox.waitForOrders(1); // waits 5 seconds; { timeoutMs } for longer
console.log(order?.body, order?.findings, order?.click);
await tracker.close();
await sandbox.close();
