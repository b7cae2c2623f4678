import { Command } from "commander";
import type { Resealing } from "../api.ts";
import { ExitError, exitCodes } from "../output.ts";
import type { Session } from "../session.ts";

const resealingText = ({ key, resealed, total, unreadable, unused_keys }: Resealing): string =>
  [
    `Sealed ${resealed} of ${total} secrets anew with the key "${key}".`,
    ...unreadable.map(({ place, owner, reason }) => `Left as it is: ${place} of ${owner}: ${reason}.`),
    ...unused_keys.map(
      (unused) =>
        `Nothing in the store needs the key "${unused}" any more. Take it away once every gateway and worker has "${key}" first, and no encrypted history is left of its time.`,
    ),
  ].join("\n");

const reseal = async (session: Session): Promise<void> => {
  const done = await session.api().resealSecrets();
  session.answer(done, resealingText);
  if (done.unreadable.length > 0) throw new ExitError(exitCodes.failed);
};

export const secretCommands = (session: Session): Command => {
  const group = new Command("secrets").description("secrets that are sealed in the store");
  group
    .command("reseal")
    .description(
      "seal all of them anew with the first of the ENCRYPTION_KEYS; may be interrupted and repeated. Exit code 1 if some cannot be opened",
    )
    .action(() => reseal(session));
  return group;
};
