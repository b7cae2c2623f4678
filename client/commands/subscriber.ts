import { Command, Option } from "commander";
import { severityFrom, unknownSeverity } from "../../domain/severity.ts";
import type { Severity } from "../../domain/severity.ts";
import type { TimelineKind } from "../../domain/timeline.ts";
import { timelineKinds } from "../../domain/timeline.ts";
import type { Subscriber, SubscriberPatch } from "../api.ts";
import type { Cell, Hue } from "../output.ts";
import { ExitError, exitCodes, table, timeText } from "../output.ts";
import type { Session } from "../session.ts";

type Filter = { kind?: TimelineKind[]; severity?: Severity[] };

/** From the standard input: what stands on a command line, everybody on the machine can read. */
const secretFrom = async ({ io }: Session, isAsked: boolean): Promise<{ secret?: string }> => {
  if (!isAsked) return {};
  io.err("The secret, whsec_ and 24 to 64 bytes in base64; then Ctrl-D:\n");
  return { secret: (await io.readInput()).trim() };
};

const secretText = (secret: string | null): string =>
  secret === null ? "" : `\nIts secret, shown this once: ${secret}`;

/** By id, or by name. */
const found = async (session: Session, given: string): Promise<Subscriber> => {
  const { subscribers } = await session.api().subscribers();
  const subscriber =
    subscribers.find(({ id }) => id === given) ??
    subscribers.find(({ name }) => name.toLowerCase() === given.toLowerCase());
  if (subscriber) return subscriber;
  throw new ExitError(exitCodes.notFound, `There is no subscriber "${given}".`);
};

const hues: Record<Subscriber["state"], Hue> = { working: "green", failing: "red", disabled: "grey" };

const stateCell = ({ state }: Subscriber): Cell => ({ text: state, hue: hues[state] });

const backlog = ({ incidents_waiting, dead }: Subscriber): string =>
  [incidents_waiting && `${incidents_waiting} incidents wait`, dead && `${dead} events dead`]
    .filter(Boolean)
    .join(", ");

const list = async (session: Session): Promise<void> => {
  session.answer(await session.api().subscribers(), ({ subscribers }) =>
    subscribers.length === 0
      ? "No subscriber. Add one: zoom-runbooks subscriber add --help"
      : table(
          session.io,
          subscribers.map((each) => [
            each.id,
            each.name,
            stateCell(each),
            each.url,
            backlog(each) || each.problem || "",
          ]),
        ),
  );
};

const factsOf = (subscriber: Subscriber): Cell[][] => {
  const {
    id,
    url,
    kinds,
    severities: of,
    failing_since,
    problem,
    last_accepted_at,
    old_secret_until,
  } = subscriber;
  const time = (iso: string | null): string => (iso === null ? "-" : timeText(iso));
  return [
    ["id", id],
    ["url", url],
    ["state", stateCell(subscriber)],
    ["failing since", time(failing_since)],
    ["problem", problem ?? "-"],
    ["last accepted", time(last_accepted_at)],
    ["left to do", backlog(subscriber) || "-"],
    ["kinds", kinds.join(", ") || "all"],
    ["severities", of.map((each) => `SEV${each}`).join(", ") || "all"],
    ["old secret until", time(old_secret_until)],
    ["added", `${timeText(subscriber.created_at)} by ${subscriber.created_by}`],
  ];
};

const shownAtOnce = 20;

const show = async (session: Session, given: string): Promise<void> => {
  const subscriber = await found(session, given);
  const pages = (["pending", "dead"] as const).map((state) =>
    session.api().deliveries(subscriber.id, { state, limit: shownAtOnce }),
  );
  const [pending, dead] = await Promise.all(pages);
  const deliveries = [...(pending?.deliveries ?? []), ...(dead?.deliveries ?? [])];
  session.answer({ subscriber, deliveries }, () => {
    const rows = deliveries.map((each): Cell[] => [
      each.state,
      `${each.incident_id}/${each.seq}`,
      each.kind,
      each.next_try_at ? `next try ${timeText(each.next_try_at)}` : "",
      each.problem ?? "",
    ]);
    const more = pending?.next || dead?.next ? "\n…" : "";
    return `${subscriber.name}\n${table(session.io, factsOf(subscriber))}${rows.length > 0 ? "\n\n" : ""}${table(session.io, rows)}${more}`;
  });
};

const add = async (
  session: Session,
  name: string,
  url: string,
  { kind: kinds = [], severity = [], secret = false }: Filter & { secret?: boolean },
): Promise<void> => {
  const given = { name, url, kinds, severities: severity, ...(await secretFrom(session, secret)) };
  session.answer(
    await session.api().addSubscriber(given),
    (added) => `Added ${name} (${added.subscriber.id})${secretText(added.secret)}`,
  );
};

type UpdateOptions = Filter & { name?: string; url?: string; enable?: boolean; disable?: boolean };

const update = async (session: Session, given: string, options: UpdateOptions): Promise<void> => {
  const { name, url, kind: kinds, severity, enable, disable } = options;
  const patch: SubscriberPatch = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url }),
    ...(kinds && { kinds }),
    ...(severity && { severities: severity }),
    ...((enable || disable) && { enabled: enable === true }),
  };
  const { id } = await found(session, given);
  session.answer(
    await session.api().changeSubscriber(id, patch),
    (changed) => `${changed.name} is ${changed.state}: ${changed.url}`,
  );
};

const test = async (session: Session, given: string): Promise<void> => {
  const { id, name } = await found(session, given);
  const tried = await session.api().testSubscriber(id);
  session.answer(tried, ({ accepted, status, problem }) =>
    accepted ? `${name} accepted a test webhook (${status})` : `${name}: ${problem}`,
  );
  if (!tried.accepted) throw new ExitError(exitCodes.failed);
};

/** As many at a time as the gateway has time for, until none is left that can be sent. */
const resend = async (session: Session, given: string, position: string | undefined): Promise<void> => {
  const { id } = await found(session, given);
  const [incident_id, seq] = position?.split("/") ?? [];
  const which = { incident_id, seq: seq === undefined ? undefined : Number(seq) };
  let total = 0;
  for (;;) {
    const part = await session.api().resendToSubscriber(id, which);
    total += part.sent;
    if (part.sent > 0 && part.left > 0 && part.failed === 0 && seq === undefined) continue;
    session.answer({ ...part, sent: total }, ({ sent, left, problem }) =>
      [`Sent ${sent} again, ${left} dead are left`, problem].filter(Boolean).join(": "),
    );
    if (part.failed > 0) throw new ExitError(exitCodes.failed);
    return;
  }
};

const severityOf = (given: string, before: Severity[] = []): Severity[] => {
  const severity = severityFrom(given);
  if (severity !== undefined) return [...before, severity];
  throw new ExitError(exitCodes.usage, unknownSeverity(given));
};

const kindOption = () =>
  new Option("--kind <kind>", "only events of this kind; may be repeated").argParser(
    (given: string, before: TimelineKind[] | undefined): TimelineKind[] => {
      const kind = timelineKinds.find((each) => each === given);
      if (kind) return [...(before ?? []), kind];
      throw new ExitError(
        exitCodes.usage,
        `There is no kind of event "${given}": ${timelineKinds.join(", ")}`,
      );
    },
  );

const severityOption = () =>
  new Option("--severity <severity>", "only incidents of this severity; may be repeated").argParser(
    severityOf,
  );

/** Commands on one that is there. */
const onOne = (group: Command, name: string, description: string): Command =>
  group.command(name).description(description).argument("<subscriber>", "its name or id");

const addCommands = (session: Session, group: Command): void => {
  group
    .command("add")
    .description("send the events of timelines to a URL, as signed Standard Webhooks")
    .argument("<name>", "how people call it")
    .argument("<url>", "where webhooks are sent")
    .addOption(kindOption())
    .addOption(severityOption())
    .option("--secret", "take the secret from the standard input; without it, one is made and shown once")
    .action((name: string, url: string, options: Filter & { secret?: boolean }) =>
      add(session, name, url, options),
    );
  onOne(group, "update", "change a subscriber, disable it, or enable it again")
    .option("--name <name>")
    .option("--url <url>")
    .addOption(kindOption())
    .addOption(severityOption())
    .option("--enable", "what happened meanwhile is sent then")
    .option("--disable", "send nothing until it is enabled again")
    .action((given: string, options: UpdateOptions) => update(session, given, options));
  onOne(group, "rotate", "replace the secret; for a day, both the new and the old one sign")
    .option("--secret", "take the new one from the standard input")
    .action(async (given: string, options: { secret?: boolean }) => {
      const { id, name } = await found(session, given);
      const { secret } = await secretFrom(session, options.secret === true);
      session.answer(
        await session.api().rotateSubscriber(id, secret),
        (rotated) => `Replaced the secret of ${name}${secretText(rotated.secret)}`,
      );
    });
  onOne(group, "remove", "remove a subscriber, and what waits for it").action(async (given: string) => {
    const { id, name } = await found(session, given);
    await session.api().removeSubscriber(id);
    session.answer({ removed: id }, () => `Removed ${name}`);
  });
};

export const subscriberCommands = (session: Session): Command => {
  const group = new Command("subscriber").description("send what happens to incidents to other programs");
  group
    .command("list")
    .description("list subscribers, and how they stand")
    .action(() => list(session));
  onOne(group, "show", "show a subscriber, what waits for it, and what was given up").action(
    (given: string) => show(session, given),
  );
  addCommands(session, group);
  onOne(group, "test", "send a test webhook; exit code 1 unless it is accepted").action((given: string) =>
    test(session, given),
  );
  onOne(group, "resend", "send again what was given up: all of it, one incident's, or one event")
    .argument("[incident/seq]", "as `show` lists them")
    .action((given: string, position: string | undefined) => resend(session, given, position));
  return group;
};
