import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

/**
 * Addresses that lead into the centre's own network, or back to this machine. A URL that a tenant
 * gives must not reach them through the agent: consoles, metadata services and the like trust
 * whoever can.
 */
const own = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  own.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["::", 96],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  own.addSubnet(net, bits, "ipv6");
}

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !own.check(address, "ipv4");
  // An IPv4 address in IPv6 clothes is judged as what it is: BlockList does so by itself.
  return family === 6 && !own.check(address, "ipv6");
}

export class NotPublic extends Error {
  override readonly name = "NotPublic";

  constructor(host: string) {
    super(`${host} is an address of the centre's own network; only public ones are fetched from`);
  }
}

/**
 * `dns.lookup` that gives public addresses only. Used for the connection itself, so that what was
 * looked at is what is connected to.
 */
export function lookUpPublic(
  host: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) return done(error, []);
    const good = found.filter(({ address }) => isPublicAddress(address));
    if (good.length === 0) return done(new NotPublic(host), []);
    return options.all ? done(null, good) : done(null, good[0]!.address, good[0]!.family);
  });
}
