import type { LookupAddress, LookupAllOptions } from "node:dns";
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import type { HttpMethod, HttpResult } from "../zoom/http.ts";
import { createHttp } from "../zoom/http.ts";
import type { AddressRules } from "./addresses.ts";
import { addressRules, bareHost } from "./addresses.ts";
import { OutgoingError } from "./errors.ts";

export type OutgoingRequest = {
  method: HttpMethod;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** For all of it, the last byte of the answer included. */
  timeoutMs: number;
  signal?: AbortSignal;
};

/**
 * HTTP to anywhere that the rules allow. Redirects are answers, never followed: where they lead nobody has checked.
 * Throws an OutgoingError when the address is not allowed, or what the request's signal was aborted with.
 */
export type OutgoingHttp = {
  send(request: OutgoingRequest): Promise<HttpResult>;
  /** Throws as `send` would for what the URL itself says; names are looked up only then. */
  check(url: string): void;
  /** Closes the connections that are kept for later. */
  close(): void;
};

type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export type OutgoingOptions = {
  /** Hosts, addresses and networks that are allowed besides public ones. */
  allow?: readonly string[];
  maxAnswerBytes?: number;
  /** Finds a host's addresses; the system's own unless told. */
  resolve?: Resolve;
};

const refusedCode = "ERR_ADDRESS_REFUSED";

export const createOutgoingHttp = (options: OutgoingOptions = {}): OutgoingHttp => {
  const { allow = [], maxAnswerBytes = 256 * 1024, resolve = systemLookup } = options;
  const rules = addressRules(allow);
  const http = createHttp({ maxAnswerBytes, lookup: guardedLookup(rules, resolve) });
  return {
    send: async (request) => {
      const url = checkedUrl(request.url, rules);
      const result = await http.send({ ...request, url: url.href });
      if (result.kind === "no_answer" && result.detail === refusedCode) throw refusedAddress(url);
      return result;
    },
    check: (url) => void checkedUrl(url, rules),
    close: () => http.close(),
  };
};

/**
 * Addresses are checked where they are looked up, and the connection goes to what was checked: a name that leads
 * elsewhere a moment later (DNS rebinding) gains nothing.
 */
const guardedLookup =
  (rules: AddressRules, resolve: Resolve): LookupFunction =>
  (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = rules.allowsHost(host)
        ? addresses
        : addresses.filter(({ address }) => rules.allowsAddress(address));
      const [first] = allowed;
      if (!first) {
        return callback(Object.assign(new Error("no address is allowed"), { code: refusedCode }), []);
      }
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };

/** An address in a URL is never looked up, so it is checked here. The parser leaves only one way of writing it. */
const checkedUrl = (given: string, rules: AddressRules): URL => {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new OutgoingError({
      code: "invalid_input",
      message: "The URL is none of the form https://host/path without user and password.",
    });
  }
  const host = bareHost(url.hostname);
  const isAllowed = isIP(host) === 0 || rules.allowsAddress(host) || rules.allowsHost(host);
  if (!isAllowed) throw refusedAddress(url);
  return url;
};

const refusedAddress = ({ hostname }: URL): OutgoingError =>
  new OutgoingError({
    code: "refused_address",
    message: `Nothing was sent: ${hostname} leads to an address that is not allowed.`,
  });
