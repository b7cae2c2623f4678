import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addressRules } from "../../outgoing/addresses.ts";

const isOpen = (address: string, allowed: string[] = []): boolean =>
  addressRules(allowed).allowsAddress(address);

describe("addresses", () => {
  test.each(["8.8.8.8", "172.15.255.255", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])(
    "%s is public",
    (address) => {
      expect(isOpen(address)).toBe(true);
    },
  );

  test.each([
    ["0.0.0.0", "this host"],
    ["0.1.2.3", "this network"],
    ["10.0.0.1", "private"],
    ["100.64.0.1", "behind a carrier's NAT"],
    ["100.100.100.200", "metadata of a cloud"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["168.63.129.16", "the agent of Azure's machines"],
    ["169.254.169.254", "metadata of clouds, link-local"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.0.0.192", "metadata of a cloud"],
    ["192.0.2.1", "documentation"],
    ["192.168.0.1", "private"],
    ["198.18.0.1", "benchmarks"],
    ["203.0.113.1", "documentation"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["[::1]", "loopback, as URLs write it"],
    ["0:0:0:0:0:0:0:1", "loopback"],
    ["::127.0.0.1", "IPv4, compatible form"],
    ["::ffff:127.0.0.1", "IPv4, mapped"],
    ["::ffff:7f00:1", "IPv4, mapped"],
    ["::ffff:a00:1", "IPv4, mapped"],
    ["::ffff:0:127.0.0.1", "IPv4, translated"],
    ["64:ff9b::7f00:1", "IPv4 behind NAT64"],
    ["64:ff9b:1::7f00:1", "IPv4 behind a NAT64 of one's own"],
    ["2002:7f00:1::", "IPv4 in 6to4"],
    ["2001::1", "Teredo"],
    ["fc00::1", "unique local"],
    ["fd00:ec2::254", "metadata of a cloud, unique local"],
    ["fe80::1", "link-local"],
    ["fe80::1%eth0", "link-local"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
    ["2001:db8::1", "documentation"],
    ["4000::1", "not given out"],
    ["0177.0.0.1", "octal"],
    ["0x7f.0.0.1", "hexadecimal"],
    ["2130706433", "decimal"],
    ["127.1", "short"],
    ["", "nothing"],
    ["localhost", "no address"],
  ])("%s is closed: %s", (address) => {
    expect(isOpen(address)).toBe(false);
  });

  test("of IPv4 are open or closed alike in IPv6's clothes", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        expect(isOpen(`::ffff:${address}`)).toBe(isOpen(address));
        expect(isOpen(hex)).toBe(isOpen(address));
      }),
    );
  });

  test.each([
    ["10.1.2.3", ["10.1.0.0/16"], true],
    ["10.2.2.3", ["10.1.0.0/16"], false],
    ["::ffff:10.1.2.3", ["10.1.0.0/16"], true],
    ["127.0.0.1", ["127.0.0.1"], true],
    ["127.0.0.2", ["127.0.0.1"], false],
    ["fd00::1", ["fd00::/8"], true],
    ["::1", ["[::1]"], true],
    ["::1", ["0.0.0.0/0"], false],
    ["10.1.2.3", ["intranet.example.com"], false],
  ])("%s, with %j allowed: %s", (address, allowed, isAllowed) => {
    expect(isOpen(address, allowed)).toBe(isAllowed);
  });

  test("may be allowed by their host, whatever its case, and no other host with them", () => {
    const rules = addressRules(["Intranet.example.com"]);
    expect(rules.allowsHost("intranet.EXAMPLE.com.")).toBe(true);
    expect(rules.allowsHost("evil-intranet.example.com")).toBe(false);
    expect(rules.allowsHost("intranet.example.com.evil.example")).toBe(false);
  });

  test.each(["10.0.0.0/33", "*.example.com", "http://example.com", "exa mple", "10.0.0.0/", "/8", ""])(
    "%j is no rule",
    (rule) => {
      expect(() => addressRules([rule])).toThrow(RangeError);
    },
  );
});
