import { Command } from "commander";
import type { ErasedPerson, PersonExport } from "../api.ts";
import { ExitError, exitCodes } from "../output.ts";
import type { Session } from "../session.ts";

const exportText = (person: PersonExport): string => JSON.stringify(person, null, 2);

const erasedText = ({ alias, erased, unsettled, elsewhere }: ErasedPerson): string =>
  [
    erased.length === 0 ? "Nothing was to be erased." : `${alias} now, in ${erased.join(", ")}.`,
    unsettled.length > 0 &&
      `Still worked on, so left as they are: ${unsettled.join(", ")}. Close them, and repeat this an hour later.`,
    elsewhere.length > 0 && `Change by hand, where administrators wrote it: ${elsewhere.join(", ")}.`,
  ]
    .filter(Boolean)
    .join("\n");

const erase = async (session: Session, email: string): Promise<void> => {
  const done = await session.api().erasePerson(email);
  session.answer(done, erasedText);
  if (done.unsettled.length + done.elsewhere.length > 0) throw new ExitError(exitCodes.failed);
};

export const personCommands = (session: Session): Command => {
  const group = new Command("person").description("what is kept of somebody");
  group
    .command("export")
    .description("all that is kept of somebody, as JSON")
    .argument("<email>", "theirs")
    .action(async (email: string) => session.answer(await session.api().exportPerson(email), exportText));
  group
    .command("erase")
    .description("forget somebody; exit code 1 if something of them is left")
    .argument("<email>", "theirs")
    .action((email: string) => erase(session, email));
  return group;
};
