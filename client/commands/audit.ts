import { Command } from "commander";
import { durationMs } from "../../domain/duration.ts";
import type { AuditEntry } from "../api.ts";
import type { Cell, Io } from "../output.ts";
import { table, timeText } from "../output.ts";
import type { Session } from "../session.ts";

/** A time, or how long ago. */
const sinceOf = (given: string | undefined): string | undefined => {
  const agoMs = given === undefined ? undefined : durationMs(given);
  return agoMs === undefined ? given : new Date(Date.now() - agoMs).toISOString();
};

const row = ({ at, actor_name, actor_id, summary, action, target, status, address }: AuditEntry): Cell[] => [
  timeText(at),
  `${actor_name} (${actor_id})`,
  summary || action,
  target ?? "-",
  status === null ? "-" : { text: String(status), hue: status < 400 ? "green" : "red" },
  address ?? "-",
];

const pageText = (io: Io, entries: AuditEntry[], next: string | null): string =>
  [
    entries.length === 0 ? "Nothing was changed." : table(io, entries.map(row)),
    ...(next === null ? [] : [`More: --before ${next}`]),
  ].join("\n");

type Options = { who?: string; target?: string; since?: string; limit: number; before?: string };

export const auditCommand = (session: Session): Command =>
  new Command("audit")
    .description("list who changed what, newest first")
    .option("--who <name>", "the name or id of a key or person")
    .option("--target <id>", "what was changed")
    .option("--since <time>", "ISO 8601, or how long ago: 7d")
    .option("--limit <count>", "at most 500", "100")
    .option("--before <id>", "the next page")
    .action(async ({ since, ...options }: Options) => {
      const page = await session.api().audit({ ...options, since: sinceOf(since) });
      session.answer(page, ({ entries, next }) => pageText(session.io, entries, next));
    });
