import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { PersonField } from "./fields.ts";
import { findUser } from "./people/users.ts";

/** Whether somebody may be an alternative host: a licensed user of the account, found by email. */
export type HostCheck = {
  name: string;
  /** As Zoom knows it where Zoom knows it. */
  email: string | null;
  verdict: "licensed" | "no_licence" | "unknown" | "no_email";
};

export const nameOf = ({ name, email }: PersonField): string => name ?? email ?? "somebody";

/** Zoom fails a whole list for one bad name, and does not say whose: so each is looked up, one after the other. */
export const checkHosts = async (zoom: ZoomClient, people: readonly PersonField[]): Promise<HostCheck[]> => {
  const checks: HostCheck[] = [];
  for (const person of people) checks.push(await checkHost(zoom, person));
  return checks;
};

const checkHost = async (zoom: ZoomClient, person: PersonField): Promise<HostCheck> => {
  const name = nameOf(person);
  if (!person.email) return { name, email: null, verdict: "no_email" };
  const user = await findUser(zoom, person.email);
  if (!user) return { name, email: person.email, verdict: "unknown" };
  const { email, isLicensed, status } = user;
  const mayHost = isLicensed && status !== "inactive" && status !== "pending";
  return { name, email: email || person.email, verdict: mayHost ? "licensed" : "no_licence" };
};

/** Zoom refused a list of alternative hosts, because of somebody on it. */
export const isHostRefusal = (error: unknown): boolean =>
  error instanceof ZoomError && error.code === "invalid_input" && /alternative.?host/i.test(reasonOf(error));

const reasonOf = ({ field, message }: ZoomError): string => `${field ?? ""} ${message}`;

export const sameEmail = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
