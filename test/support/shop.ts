import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A shop listening on this machine. */
export interface RunningShop {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** Serves an app on a free port of loopback. */
export async function serve(app: RequestListener): Promise<RunningShop> {
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
