import { randomBytes } from "node:crypto";
import type { ErasedPerson, PersonExport } from "../client/api.ts";
import type { KnownPerson } from "../domain/personal.ts";
import { forgetting, mentionsIn, peopleIn } from "../domain/personal.ts";
import type { KeptRecord, Store } from "../store/index.ts";

const newAlias = (): string => randomBytes(3).toString("hex");

/** What changes while it is read is looked at again. */
const maxPasses = 3;

/** Whoever has this email in an incident: by their names and numbers too, but for names that others have as well. */
const withEmail = (records: readonly KeptRecord[], email: string, alias: string): KnownPerson => {
  const people = peopleIn(records, newAlias);
  const person = people.find(({ emails }) => emails.includes(email));
  const others = people.filter((each) => each !== person).flatMap(({ names }) => names);
  return {
    emails: [email],
    names: person?.names.filter((name) => !others.includes(name)) ?? [],
    phones: person?.phones ?? [],
    alias,
  };
};

/** false: something went on changing meanwhile. */
const rewritten = async (
  read: () => Promise<KeptRecord[]>,
  forget: <Doc>(doc: Doc) => Doc,
): Promise<boolean> => {
  for (let n = 0; n < maxPasses; n += 1) {
    let missed = 0;
    for (const record of await read()) {
      const forgotten = forget(record.doc);
      if (JSON.stringify(forgotten) !== JSON.stringify(record.doc) && !(await record.replace(forgotten)))
        missed += 1;
    }
    if (missed === 0) return true;
  }
  return false;
};

/** All that is kept of somebody: of each incident the smallest parts that tell of them. */
export const exportPerson = async ({ people }: Store, email: string): Promise<PersonExport> => {
  const incidents: PersonExport["incidents"] = [];
  const known = { names: new Set<string>(), phones: new Set<string>() };
  for (const { id } of await people.incidentsWith(email)) {
    const records = await people.records(id);
    const person = withEmail(records, email, newAlias());
    const forget = forgetting([person]);
    const found = records.flatMap(({ place, doc }) =>
      mentionsIn(doc, forget).map((data) => ({ place, data })),
    );
    if (found.length === 0) continue;
    incidents.push({ id, records: found });
    for (const name of person.names) known.names.add(name);
    for (const phone of person.phones) known.phones.add(phone);
  }
  const elsewhere = await people.elsewhere(email);
  return { email, names: [...known.names], phones: [...known.phones], incidents, elsewhere };
};

/** Puts an alias in somebody's place, the same one everywhere; what leads from it to them is kept nowhere. */
export const erasePerson = async ({ people }: Store, email: string): Promise<ErasedPerson> => {
  const alias = newAlias();
  const [erased, unsettled]: [string[], string[]] = [[], []];
  for (const { id, settled } of await people.incidentsWith(email)) {
    const records = await people.records(id);
    const person = withEmail(records, email, alias);
    if (!records.some(({ doc }) => mentionsIn(doc, forgetting([person])).length > 0)) continue;
    if (!settled || !(await rewritten(() => people.records(id), forgetting([person])))) {
      unsettled.push(id);
      continue;
    }
    await people.forgetSendings([email, ...person.phones]);
    erased.push(id);
  }
  const elsewhere = await people.elsewhere(email);
  return { email, alias: `Person ${alias}`, erased, unsettled, elsewhere };
};

const isNoAttendance = ({ place }: KeptRecord): boolean =>
  place !== "meeting_movements" && place !== "attendances";

/** Forgets everybody of some incidents that are over for so long. Answers how many there were. */
export const forgetOverdue = async ({ people }: Store, olderThanMs: number): Promise<number> => {
  const overdue = await people.overdue(olderThanMs);
  for (const { id, lastSeq } of overdue) {
    // Known before their attendance is gone, which tells who they are.
    const forget = forgetting(peopleIn(await people.records(id), newAlias));
    await rewritten(async () => (await people.records(id)).filter(isNoAttendance), forget);
    await people.forgetAttendance(id);
    await people.forgotten(id, lastSeq);
  }
  return overdue.length;
};
