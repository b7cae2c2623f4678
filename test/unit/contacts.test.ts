import { expect, test } from "@jest/globals";
import { withoutContacts } from "../../domain/contacts.ts";

test.each([
  ["no user ana.b+c@mail.example.com.", "no user [email]."],
  ["/api/people/ana%40example.com/export", "/api/people/[email]/export"],
  ['{"phone":"+41 44 555 01 99"}', '{"phone":"[phone]"}'],
  ["rang +1 (555) 010-0199, then +15550100199", "rang [phone], then [phone]"],
  ["2026-11-24T15:03:57.187+00:00 took +12 ms", "2026-11-24T15:03:57.187+00:00 took +12 ms"],
  ["@temporalio/worker, node@20", "@temporalio/worker, node@20"],
])("in a log, %j is %j", (text, logged) => {
  expect(withoutContacts(text)).toBe(logged);
});
