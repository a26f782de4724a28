import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { isLoopback, systemRuntime } from "@avantlink-s2s/core/adapter";
import { reasonOf } from "../files/read-file.ts";
import { bad, type Checked, fyi, ok, warn } from "./check-result.ts";
import type { Environment } from "./settings.ts";

const MAX_WAIT_MS = 5_000;
const SOON_DAYS = 14;

/** Whether the endpoint can be reached: a connection and, for https, the handshake. No HTTP is sent. */
export async function checkReach(endpoint: string, env: Environment): Promise<readonly Checked[]> {
  if (!URL.canParse(endpoint)) return [];
  const url = new URL(endpoint);
  const about = url.host;
  const isTls = url.protocol === "https:";
  if (isTls && isProxied(url, env)) {
    const found = "not checked: deliveries go through the proxy that the environment names";
    return [fyi(about, found, "After the first order, look at the proxy's log.")];
  }
  const to = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || (isTls ? 443 : 80) };
  try {
    if (isTls) return [await handshake(to, about)];
    await opened(connectTcp(to), "connect");
    return [ok(about, "accepts connections (plain http, on this machine)")];
  } catch (cause) {
    const advice = "Check DNS, the firewall, and the certificates that this machine trusts.";
    return [bad(about, `can't be reached: ${reasonOf(cause)}`, advice)];
  }
}

/** Whether deliveries take a proxy: the rule of undici's EnvHttpProxyAgent for https, which the tracker uses. */
function isProxied({ hostname, port }: URL, env: Environment): boolean {
  const proxy = (env.https_proxy ?? env.HTTPS_PROXY) || (env.http_proxy ?? env.HTTP_PROXY);
  const excluded = env.no_proxy ?? env.NO_PROXY ?? "";
  if (!proxy || isLoopback(hostname) || excluded === "*") return false;
  return !excluded.split(/[,\s]/).some((entry) => {
    const [, name = "", onlyPort] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const isPort = !onlyPort || Number(onlyPort) === Number(port || 443);
    return name !== "" && isPort && `.${hostname}`.endsWith(`.${name}`);
  });
}

async function handshake(
  to: { readonly host: string; readonly port: number },
  about: string,
): Promise<Checked> {
  const socket = connectTls({ ...to, servername: to.host, ALPNProtocols: ["http/1.1"] });
  await opened(socket, "secureConnect");
  const left = Date.parse(socket.getPeerCertificate().valid_to) - systemRuntime.now();
  const days = Math.floor(left / 86_400_000);
  const found = `reached by ${socket.getProtocol()}; its certificate is valid for ${days} days; nothing was sent`;
  return days < SOON_DAYS
    ? warn(about, found, "AvantLink renews it. Check again in a few days.")
    : ok(about, found);
}

/** Resolves once the socket is open, and lets go of it then. */
function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(MAX_WAIT_MS, () =>
      socket.destroy(Object.assign(new Error("No answer"), { code: "ETIMEDOUT" })),
    );
    socket.once("error", reject);
    socket.once(event, () => {
      resolve();
      socket.destroySoon();
    });
  });
}
