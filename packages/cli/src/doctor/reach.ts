import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { reasonOf } from "../files/read-file.ts";
import { bad, type Checked, fyi, ok, warn } from "./check.ts";
import type { Environment } from "./settings.ts";

const MAX_WAIT_MS = 5_000;
const SOON_DAYS = 14;

/** Whether the endpoint can be reached: a connection and, for https, the handshake. No HTTP is sent. */
export async function checkReach(endpoint: string, env: Environment): Promise<readonly Checked[]> {
  if (!URL.canParse(endpoint)) return [];
  const url = new URL(endpoint);
  const about = url.host;
  const proxy = env.HTTPS_PROXY ?? env.https_proxy;
  if (url.protocol === "https:" && proxy) {
    return [
      fyi(
        about,
        "not checked: deliveries go through the proxy in HTTPS_PROXY",
        "After the first order, look at the proxy's log.",
      ),
    ];
  }
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  try {
    if (url.protocol === "http:") {
      const socket = connectTcp({ host, port });
      await opened(socket, "connect");
      socket.destroy();
      return [ok(about, "accepts connections (plain http, on this machine)")];
    }
    return [await handshake(host, port, about)];
  } catch (cause) {
    return [
      bad(
        about,
        `can't be reached: ${reasonOf(cause)}`,
        "Check DNS, the firewall, and the certificates that this machine trusts.",
      ),
    ];
  }
}

async function handshake(host: string, port: number, about: string): Promise<Checked> {
  const socket = connectTls({ host, port, servername: host, ALPNProtocols: ["http/1.1"] });
  await opened(socket, "secureConnect");
  const days = Math.floor(
    (Date.parse(socket.getPeerCertificate().valid_to) - systemRuntime.now()) / 86_400_000,
  );
  const found = `reached by ${socket.getProtocol()}; its certificate is valid for ${days} days; nothing was sent`;
  socket.destroy();
  return days < SOON_DAYS
    ? warn(about, found, "AvantLink renews it. Check again in a few days.")
    : ok(about, found);
}

function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(MAX_WAIT_MS, () =>
      socket.destroy(Object.assign(new Error("No answer"), { code: "ETIMEDOUT" })),
    );
    socket.once("error", reject);
    socket.once(event, () => resolve());
  });
}
