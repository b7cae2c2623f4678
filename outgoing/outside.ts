import type { OutgoingHttp } from "./http.ts";
import { createOutgoingHttp } from "./http.ts";
import type { Mail, MailOptions } from "./mail.ts";
import { createMail } from "./mail.ts";

/** What reaches people and systems other than Zoom. */
export type Outside = {
  /** Undefined when no mail server is configured. */
  mail: Mail | undefined;
  http: OutgoingHttp;
  /** A secret by the name runbooks know it by. */
  secretOf: (name: string) => string | undefined;
  close(): void;
};

export type OutsideOptions = {
  mail?: MailOptions | undefined;
  /** Hosts, addresses and networks that may be reached besides public ones. */
  allow?: readonly string[];
  secrets?: ReadonlyMap<string, string>;
};

export const createOutside = ({ mail, allow = [], secrets = new Map() }: OutsideOptions = {}): Outside => {
  const server = mail && createMail(mail);
  const http = createOutgoingHttp({ allow });
  return {
    mail: server,
    http,
    secretOf: (name) => secrets.get(name),
    close: () => {
      server?.close();
      http.close();
    },
  };
};
