import ipaddr from "ipaddr.js";

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Which addresses may be reached: public ones, and what the operator allows besides. */
export type AddressRules = {
  /** Whether every address of this host is allowed, because the host is. */
  allowsHost(host: string): boolean;
  allowsAddress(address: string): boolean;
};

/** What is given out today as public IPv6; the rest is reserved, translated or local. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/** Azure's agent of every virtual machine: it looks public and is not. */
const disguised = new Set(["168.63.129.16"]);

/** A host name or address as URLs have it, without brackets, case and final dot. */
export const bareHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");

/** Throws a RangeError for what is neither a host name, an address nor a network such as 10.1.0.0/16. */
export const addressRules = (allowed: readonly string[]): AddressRules => {
  const networks = allowed.filter(isNetwork).map(networkOf);
  const hosts = new Set(allowed.filter((each) => !isNetwork(each)).map(hostOf));
  return {
    allowsHost: (host) => hosts.has(bareHost(host)),
    allowsAddress: (address) => {
      const parsed = parsedAddress(address);
      if (!parsed) return false;
      return isPublic(parsed) || networks.some((network) => isIn(parsed, network));
    },
  };
};

const isNetwork = (text: string): boolean => text.includes("/") || ipaddr.isValid(bareHost(text));

const networkOf = (text: string): Network => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parsedAddress(text);
  if (!address) throw new RangeError(`${text} is no network such as 10.1.0.0/16`);
  return [address, address.kind() === "ipv4" ? 32 : 128];
};

const hostOf = (text: string): string => {
  const host = bareHost(text);
  if (!/^(?=.{1,253}$)[a-z\d_]([a-z\d_-]*[a-z\d])?(\.[a-z\d_]([a-z\d_-]*[a-z\d])?)*$/.test(host))
    throw new RangeError(`${text} is neither a host name, an address nor a network such as 10.1.0.0/16`);
  return host;
};

/** IPv4 in IPv6's clothes (`::ffff:127.0.0.1`) counts as what it is. A scope (`%eth0`) makes it link-local. */
const parsedAddress = (text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined => {
  const address = bareHost(text);
  // Only as written out: of octal and decimal forms everybody thinks otherwise, and URLs have none left.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined;
  return ipaddr.process(address);
};

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean => {
  if (address.range() !== "unicast" || disguised.has(address.toString())) return false;
  return address.kind() === "ipv4" || isIn(address, globalUnicast);
};

const isIn = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match([network, bits] as never);
