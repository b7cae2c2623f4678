import { describe, expect, test } from "@jest/globals";
import type { KnownPerson } from "../../domain/personal.ts";
import { forgetting, mentionsIn, peopleIn } from "../../domain/personal.ts";
import { anIncident } from "../gateway/startGateway.ts";

const ana: KnownPerson = {
  emails: ["ana@example.com"],
  names: ["Ana Ruiz"],
  phones: ["+41 44 555 01 99"],
  alias: "0a0a0a",
};
const host: KnownPerson = { emails: [], names: ["host"], phones: [], alias: "0b0b0b" };
const web: KnownPerson = { emails: [], names: ["Web"], phones: [], alias: "0c0c0c" };

describe("Whoever is forgotten", () => {
  test.each([
    ["Not there yet: Bo, Ana Ruiz.", "Not there yet: Bo, Person 0a0a0a."],
    ["ANA  RUIZ joined", "Person 0a0a0a joined"],
    ["Mariana Ruiz joined", "Mariana Ruiz joined"],
    ["Invited to it too: Ana@Example.com", "Invited to it too: person-0a0a0a@erased.invalid"],
    ["diana@example.com", "diana@example.com"],
    ["Rang +41445550199, and 0041", "Rang [erased], and 0041"],
    ["Web is down", "Web is down"],
    ["Not there yet: Web and Cy", "Not there yet: Person 0c0c0c and Cy"],
    ["https://zoom.example/j/41445550198", "https://zoom.example/j/41445550198"],
  ])("leaves of %j %j", (text, left) => {
    expect(forgetting([ana, web])({ text })).toEqual({ text: left });
  });

  test("loses name and number beside their email, and their place in maps by person", () => {
    const doc = {
      people: [{ name: "Ana R.", email: "ANA@example.com", phone: "+41 44 555 01 99", minutes: 3 }],
      seen: { "ana@example.com": 5, host: 6 },
    };
    expect(forgetting([ana, host])(doc)).toEqual({
      people: [
        { name: "Person 0a0a0a", email: "person-0a0a0a@erased.invalid", phone: "[erased]", minutes: 3 },
      ],
      seen: { "person-0a0a0a@erased.invalid": 5, "Person 0b0b0b": 6 },
    });
  });

  test("leaves words of ours alone, though they are called so", () => {
    const doc = { purpose: "host", host: "x", data: { person: "host" } };
    expect(forgetting([host])(doc)).toEqual({ ...doc, data: { person: "Person 0b0b0b" } });
  });
});

test("people are one by their email, or else by their name, and are not taken up again once they are forgotten", () => {
  const doc = anIncident({
    owner: { name: "Ana Ruiz", email: "Ana@example.com" },
    responders: [{ name: "Bo", phone: "+1 555 010 0000" }, { name: "Person 0a0a0a" }],
    summary: "cy@example.com says so",
  });
  const guest = { key: "1", name: "ana ruiz" };
  const people = peopleIn(
    [
      { place: "incidents", doc },
      { place: "meeting_movements", doc: guest },
    ],
    () => "0d0d0d",
  );
  expect(people.map(({ emails, names }) => [...emails, ...names])).toEqual([
    ["ana@example.com", "Ana Ruiz", "ana ruiz"],
    ["cy@example.com"],
    ["Bo"],
  ]);
});

test("of a document the smallest parts tell of somebody", () => {
  const attendee = { name: "Ana Ruiz", email: null, minutes: 3 };
  const doc = { title: "A call", attendees: [attendee, { name: "Bo", email: null }], missing: [] };
  expect(mentionsIn(doc, forgetting([ana]))).toEqual([attendee]);
  const seen = { "ana@example.com": 1, "bo@example.com": 2 };
  expect(mentionsIn({ sessions: [{ uuid: "u", seen }] }, forgetting([ana]))).toEqual([
    { "ana@example.com": 1 },
  ]);
  const data = { to: ["ana@example.com", "bo@example.com"] };
  const event = { id: "1", title: "Invited", detail: "Ana Ruiz", data, token: "t" };
  expect(mentionsIn(event, forgetting([ana]))).toEqual([
    { id: "1", title: "Invited", detail: "Ana Ruiz" },
    { to: ["ana@example.com"] },
  ]);
});
