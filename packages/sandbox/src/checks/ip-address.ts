import { BlockList, isIP } from "node:net";

const notPublic = new BlockList();
for (const network of [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"],
]) {
  const [address = "", bits] = network.split("/");
  notPublic.addSubnet(address, Number(bits), isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** Whether a text is an IP address that a shopper can have on the internet. */
export function addressKind(address: string): "public" | "mapped" | "not-public" | "invalid" {
  const version = isIP(address);
  if (version === 0) return "invalid";
  if (/^::ffff:/i.test(address)) return "mapped";
  return notPublic.check(address, version === 4 ? "ipv4" : "ipv6") ? "not-public" : "public";
}
