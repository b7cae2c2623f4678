import { Command } from "commander";
import { durationMs } from "../../domain/duration.ts";
import type { ApiKey, ApiKeyRole } from "../api.ts";
import { ExitError, exitCodes, plain, table, timeText } from "../output.ts";
import type { Session } from "../session.ts";

const expiry = (given: string | undefined): { expires_at?: string } => {
  if (given === undefined) return {};
  const ms = durationMs(given);
  if (ms === undefined) throw new ExitError(exitCodes.usage, `"${given}" is no duration such as 90d or 12h.`);
  return { expires_at: new Date(Date.now() + ms).toISOString() };
};

const add = async (
  session: Session,
  name: string,
  { role, expires }: { role: string; expires?: string },
): Promise<void> => {
  const made = await session.api().makeApiKey({ name, role: role as ApiKeyRole, ...expiry(expires) });
  // The key alone on the standard output, so that it can be piped to where it is kept.
  session.answer(made, ({ key }) => key);
  session.io.err(`Made ${made.id} for ${plain(made.name)}, ${made.role}. The key is shown this once.\n`);
};

const until = ({ expires_at: at }: ApiKey): string => {
  if (at === null) return "until revoked";
  return `${Date.parse(at) <= Date.now() ? "expired" : "until"} ${timeText(at)}`;
};

const list = async (session: Session): Promise<void> => {
  session.answer(await session.api().apiKeys(), ({ keys }) =>
    table(
      session.io,
      keys.map((key) => [
        key.id,
        key.prefix === null ? "-" : `${key.prefix}…`,
        key.role,
        until(key),
        key.last_used_at ? `used ${timeText(key.last_used_at)}` : "never used",
        `made ${timeText(key.created_at)}${key.created_by ? ` by ${key.created_by}` : ""}`,
        key.name,
      ]),
    ),
  );
};

/** By id, by what the key begins with, or by a name that one key has. */
const found = async (session: Session, given: string): Promise<ApiKey> => {
  const { keys } = await session.api().apiKeys();
  const exact = keys.find(({ id }) => id === given);
  if (exact) return exact;
  const meant = keys.filter(
    ({ name, prefix }) => name.toLowerCase() === given.toLowerCase() || (prefix && given.startsWith(prefix)),
  );
  const [only] = meant;
  if (only && meant.length === 1) return only;
  if (!only) throw new ExitError(exitCodes.notFound, "There is no such API key: key list shows them.");
  throw new ExitError(
    exitCodes.usage,
    `Several keys have that name: ${meant.map(({ id }) => id).join(", ")}.`,
  );
};

export const keyCommands = (session: Session): Command => {
  const group = new Command("key").description("make, list and revoke API keys");
  group
    .command("list")
    .description("list the API keys: what they begin with, role, last use, expiry")
    .action(() => list(session));
  group
    .command("add")
    .description("make an API key; it is printed this once")
    .argument("<name>", "who or what uses it")
    .requiredOption("--role <role>", "viewer, responder or admin")
    .option("--expires <duration>", "such as 90d; left out, it is good until revoked")
    .action((name: string, options: { role: string; expires?: string }) => add(session, name, options));
  group
    .command("revoke")
    .description("revoke an API key; who signed in with it is signed out")
    .argument("<key>", "its id, its name or what it begins with")
    .action(async (given: string) => {
      const { id, name } = await found(session, given);
      await session.api().revokeApiKey(id);
      session.answer({ revoked: id }, () => `Revoked ${plain(name)} (${id})`);
    });
  return group;
};
