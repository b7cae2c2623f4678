import type { ZoomClient } from "../../zoom/client.ts";
import { contactKey, phoneKey } from "../../zoom/invitees.ts";
import type { Row } from "./callReport.ts";
import type { Callee } from "./calls.ts";
import { phoneNumber } from "./phones.ts";
import { findUser } from "./users.ts";

/** Somebody who can be called, or why they cannot. */
export type Sorted = { callee: Callee } | { row: Row };

export const calleesIn = (sorted: readonly Sorted[]): Callee[] =>
  sorted.flatMap((each) => ("callee" in each ? [each.callee] : []));

export const rowsIn = (sorted: readonly Sorted[]): Row[] =>
  sorted.flatMap((each) => ("row" in each ? [each.row] : []));

/** In their Zoom app, if they are a user of the account. */
export const sortUser = async (
  zoom: ZoomClient,
  { name, email }: { name?: string | undefined; email?: string | undefined },
  onCall: ReadonlySet<string> = new Set(),
): Promise<Sorted> => {
  const row = { name: name ?? email ?? "somebody", way: "zoom" } as const;
  if (email === undefined) return { row: { ...row, outcome: "no_email" } };
  if (onCall.has(email.toLowerCase())) return { row: { ...row, outcome: "already_there" } };
  const user = await findUser(zoom, email);
  if (!user) return { row: { ...row, outcome: "unknown_to_zoom" } };
  const address = user.email.toLowerCase();
  const key = contactKey({ email: address, id: user.id });
  return { callee: { ...row, key, userId: user.id, email: address } };
};

export const sortPhone = ({
  name,
  phone,
}: {
  name?: string | undefined;
  phone?: string | undefined;
}): Sorted => {
  const row = { name: name ?? "somebody", way: "phone" } as const;
  if (phone === undefined) return { row: { ...row, outcome: "no_phone" } };
  const number = phoneNumber(phone);
  if (number === undefined) return { row: { ...row, outcome: "invalid_number" } };
  return { callee: { ...row, key: phoneKey(number), number } };
};
