import { startSandbox } from "@avantlink-s2s/sandbox";
import { prepareOrderService } from "./order-service.ts";
import { findPostgres, makeDatabase } from "./postgres.ts";
import * as report from "./report.ts";
import { walkThrough } from "./service-walk.ts";
import { freePort, type ShopProcess } from "./shop-process.ts";
import { Unexpected } from "./shopper.ts";
import { staysOpen, untilCtrlC, untilInterrupted } from "./terminal.ts";

const CHECKOUT_PORT = 4030;
const SANDBOX_PORT = 4021;
const MAX_OUTPUT = 2_000;

const interrupted = untilInterrupted();
try {
  await using open = new AsyncDisposableStack();
  const stays = staysOpen();
  const postgres = await findPostgres();
  open.defer(() => postgres.end());
  const database = await makeDatabase(postgres.url, "avantlink_demo");
  open.defer(() => database.drop());
  const sandbox = await startSandbox({ port: await freePort(SANDBOX_PORT) });
  open.defer(() => sandbox.close());
  const service = await prepareOrderService(database.url, sandbox.url);

  const starting = async (start: () => Promise<ShopProcess>) => open.use(await start());
  const [firstWebhook, secondWebhook, firstWorker, secondWorker] = await Promise.all([
    starting(service.webhook),
    starting(service.webhook),
    starting(service.worker),
    starting(service.worker),
  ]);
  const webhooks = [firstWebhook, secondWebhook];
  const workers = [firstWorker, secondWorker] as const;
  const payment = await starting(() => service.provider(webhooks));
  const port = await freePort(CHECKOUT_PORT);
  const checkout = await starting(() => service.checkout({ port, paymentUrl: payment.url }));

  report.heading("An order service whose orders reach AvantLink, in processes that scale apart");
  report.line(`PostgreSQL            ${new URL(postgres.url).host}, in a database of its own`);
  report.line(`the checkout server   ${checkout.url}`);
  for (const [index, { url }] of webhooks.entries()) report.line(`webhook process ${index + 1}     ${url}`);
  for (const [index, { url }] of workers.entries())
    report.line(`worker ${index + 1}              ${url}/health`);
  report.line(`the payment provider  ${payment.url}   stands in for a real one`);
  report.line(
    `the sandbox           ${sandbox.url}   answers in AvantLink's place; nothing leaves this machine`,
  );

  const walked = await Promise.race([
    walkThrough({ checkout, payment, webhooks, workers, sandbox, database }).then(() => true),
    interrupted.then(() => false),
  ]);
  if (!walked) {
    process.exitCode = 130;
  } else if (stays) {
    report.heading("All stay open for you");
    report.line(`the shop      ${checkout.url}/?avad=your_click&utm_source=avantlink`);
    report.line(`the sandbox   ${sandbox.url}   shows what AvantLink would receive`);
    report.line("Ctrl-C ends all.");
    await untilCtrlC(interrupted);
  } else {
    for (const running of [checkout, ...webhooks, secondWorker]) {
      const ended = await running.stop();
      if (ended === 0) continue;
      throw new Unexpected(
        `${running.url} got SIGTERM and ended with ${ended}. Its last output:\n${running.printed().slice(-MAX_OUTPUT)}`,
      );
    }
    report.heading("Two orders paid, two at AvantLink. Everything ended cleanly.");
  }
} catch (error) {
  process.exitCode = 1;
  report.failure(error);
}
