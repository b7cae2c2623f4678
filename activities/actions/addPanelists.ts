import { z } from "zod";
import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { Panelist } from "../../zoom/panelists.ts";
import {
  addPanelists as addZoomPanelists,
  listPanelists,
  mostPanelistsAtOnce,
} from "../../zoom/panelists.ts";
import { defineAction } from "../action.ts";
import type { PersonField } from "../fields.ts";
import { peopleField, webinarIdField } from "../fields.ts";

const person = z.object({
  name: z.string(),
  email: z.string().nullable(),
  outcome: z.enum(["added", "already_there", "no_email", "refused"]),
  reason: z.string().optional(),
});

type Outcome = z.output<typeof person>;
type Refusals = ReadonlyMap<string, ZoomError>;

/** Zoom wants a name of each: without one the address stands in. */
const panelistOf = ({ name, email }: PersonField): Panelist[] =>
  email ? [{ name: name ?? email.split("@", 1)[0] ?? email, email }] : [];

const inPortions = (panelists: readonly Panelist[]): Panelist[][] =>
  Array.from({ length: Math.ceil(panelists.length / mostPanelistsAtOnce) }, (_, index) =>
    panelists.slice(index * mostPanelistsAtOnce, (index + 1) * mostPanelistsAtOnce),
  );

const addPortion = async (zoom: ZoomClient, webinarId: string, portion: Panelist[]): Promise<Refusals> => {
  try {
    await addZoomPanelists(zoom, webinarId, portion);
    return new Map();
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "invalid_input") throw error;
    const [only, ...more] = portion;
    if (only && more.length === 0) return new Map([[only.email, error]]);
  }
  // Zoom refuses all for one and does not say who it is: person by person, it does.
  const refusals: [string, ZoomError][] = [];
  for (const panelist of portion) refusals.push(...(await addPortion(zoom, webinarId, [panelist])));
  return new Map(refusals);
};

const outcomeOf = (given: PersonField, present: ReadonlySet<string>, refusals: Refusals): Outcome => {
  const { email } = given;
  const name = given.name ?? email ?? "somebody";
  if (!email) return { name, email: null, outcome: "no_email" };
  const refusal = refusals.get(email);
  if (refusal) return { name, email, outcome: "refused", reason: refusal.message };
  return { name, email, outcome: present.has(email.toLowerCase()) ? "already_there" : "added" };
};

/** Nobody new may also mean that an earlier try, whose answer was lost, added them: the title is true of both. */
const titleOf = (people: readonly Outcome[]): string => {
  const count = (outcome: Outcome["outcome"]) => people.filter((each) => each.outcome === outcome).length;
  const [added, there] = [count("added"), count("already_there")];
  const noun = (many: number) => `${many} ${many === 1 ? "panelist" : "panelists"}`;
  if (added > 0) return `Added ${noun(added)} to the webinar`;
  return there > 0 ? `${noun(there)} on the webinar already` : "Nobody to add as panelist";
};

const detailOf = (people: readonly Outcome[]): string => {
  const withoutEmail = people.filter(({ outcome }) => outcome === "no_email").map(({ name }) => name);
  const refused = people.filter(({ outcome }) => outcome === "refused");
  return [
    withoutEmail.length > 0 ? `Without an email, so not added: ${withoutEmail.join(", ")}.` : "",
    ...refused.map(({ name, reason }) => `Zoom refused ${name}: ${reason}.`),
  ]
    .filter(Boolean)
    .join(" ");
};

/**
 * Adds panelists to a webinar and says of each what became of it. Their own join links let in whoever has them, as that
 * panelist: they stay with Zoom, which mails them (`mail_panelists` of the webinar's settings).
 */
export const addPanelists = defineAction({
  key: "zoom.add_panelists",
  title: "Add panelists",
  description:
    "Adds people who speak in a webinar. Zoom mails each their own link, which is a secret and stands neither on the timeline nor in the outputs.",
  category: "webinars",
  effect: "idempotent",
  scopes: [
    ["webinar:write:admin", "webinar:write", "webinar:write:panelist:admin", "webinar:write:panelist"],
    [
      "webinar:read:admin",
      "webinar:read",
      "webinar:read:list_panelists:admin",
      "webinar:read:list_panelists",
    ],
  ],
  input: z.strictObject({ webinar_id: webinarIdField, people: peopleField }),
  output: z.object({ webinar_id: z.string(), added: z.number(), people: z.array(person) }),
  example: {
    webinar_id: "85746065432",
    people: ["ana@example.com", { name: "Bo", email: "bo@example.com" }],
  },
  onFailure: "continue",
  run: async ({ zoom }, { webinar_id, people: given }) => {
    const there = await listPanelists(zoom.client, webinar_id);
    const present = new Set(there.map(({ email }) => email.toLowerCase()));
    const wanted = given.flatMap(panelistOf).filter(({ email }) => !present.has(email.toLowerCase()));
    const refusals = new Map<string, ZoomError>();
    for (const portion of inPortions(wanted)) {
      for (const [email, error] of await addPortion(zoom.client, webinar_id, portion))
        refusals.set(email, error);
    }
    const [first] = refusals.values();
    if (first && refusals.size === wanted.length) throw first;

    const people = given.map((each) => outcomeOf(each, present, refusals));
    const detail = detailOf(people);
    return {
      outputs: { webinar_id, added: wanted.length - refusals.size, people },
      events: [
        {
          kind: "participants.added",
          title: titleOf(people),
          ...(detail && { detail }),
          data: { meeting_id: webinar_id, people },
        },
      ],
    };
  },
});
