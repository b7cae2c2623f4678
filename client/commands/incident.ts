import { Command } from "commander";
import type { IncidentDetail, IncidentSummary } from "../api.ts";
import type { DeclarationInput } from "../http.ts";
import type { Bridge, Person } from "../../domain/incident.ts";
import { durationText } from "../../domain/duration.ts";
import { incidentStatuses } from "../../domain/incident.ts";
import type { RecordedEvent } from "../../domain/timeline.ts";
import { timelineKinds } from "../../domain/timeline.ts";
import type { Cell, Io } from "../output.ts";
import { painted, plain, stateCell, table, timeText, writeLine } from "../output.ts";
import type { Session } from "../session.ts";
import { gathered, pair, readFields, valueOf } from "./documents.ts";
import { decisionLines } from "./execution.ts";

type FieldOptions = {
  file?: string;
  field?: string[];
  owner?: string;
  responder?: string[];
  tag?: string[];
  [name: string]: unknown;
};

const fieldOptions = (command: Command): Command =>
  command
    .option("--status <status>", incidentStatuses.join(", "))
    .option("--summary <text>", "what is known")
    .option("--service <name>", "the service at fault")
    .option("--environment <name>", "such as production")
    .option("--owner <email>", "who leads")
    .option("--responder <email>", "who works on it; may be repeated", gathered)
    .option("--tag <tag>", "may be repeated", gathered)
    .option("--link <url>", "where the incident platform shows it")
    .option("--field <name=value>", "a custom field; may be repeated", gathered)
    .option("-f, --file <file>", "fields in a YAML or JSON file; - reads the standard input");

const named = ["title", "severity", "status", "summary", "service", "environment", "id"] as const;

const fieldsOf = async (io: Io, options: FieldOptions): Promise<Record<string, unknown>> => {
  const fromFile = options.file === undefined ? {} : await readFields(io, options.file);
  const fields: Record<string, unknown> = {
    ...Object.fromEntries(named.map((name) => [name, options[name]])),
    url: options["link"],
    owner: options.owner === undefined ? undefined : { email: options.owner },
    responders: options.responder?.map((email) => ({ email })),
    tags: options.tag,
    custom_fields:
      options.field &&
      Object.fromEntries(options.field.map(pair).map(([name, text]) => [name, valueOf(text)])),
  };
  return {
    ...fromFile,
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
};

const callText = ({ state, head_count }: Bridge): string =>
  `${state}, ${head_count ?? "an unknown number"} in the call`;

const summaryRow = ({ incident, bridge }: IncidentSummary): Cell[] => [
  incident.id,
  `SEV${incident.severity}`,
  stateCell(incident.status),
  timeText(incident.created_at),
  bridge ? callText(bridge) : "no bridge",
  incident.title,
];

const personText = ({ email, name, phone }: Person): string => email ?? name ?? phone ?? "?";

const detailText = (io: Io, { incident, bridge, executions, meetings, links }: IncidentDetail): string => {
  const facts: Cell[][] = [
    ["id", incident.id],
    ["status", stateCell(incident.status)],
    ["service", [incident.service, incident.environment].filter(Boolean).join(", ") || "-"],
    ["declared", `${timeText(incident.created_at)} UTC`],
    ...(incident.resolved_at ? [["resolved", `${timeText(incident.resolved_at)} UTC`]] : []),
    ["owner", incident.owner ? personText(incident.owner) : "-"],
    ["responders", incident.responders.map(personText).join(", ") || "-"],
    ["bridge", bridge ? `${bridge.join_url} (${callText(bridge)})` : "-"],
    ...(bridge?.passcode ? [["passcode", bridge.passcode]] : []),
    ...Object.entries(incident.custom_fields).map(([name, value]) => [name, String(value ?? "-")]),
    ...(links.workflow ? [["workflow", links.workflow]] : []),
  ];
  const runs = executions.map(({ id, state, title }): Cell[] => [`  ${id}`, stateCell(state), title]);
  const calls = meetings.map((meeting): Cell[] => [
    `  ${meeting.meeting_id}`,
    meeting.state,
    meeting.purpose,
    meeting.topic,
    meeting.first_responder
      ? `first responder after ${durationText(Math.max(1, meeting.first_responder.seconds_to_join) * 1000)}`
      : "",
  ]);
  return [
    painted(io, `SEV${incident.severity} ${plain(incident.title)}`, "bold"),
    table(io, facts),
    ...(runs.length > 0 ? ["", "Executions", table(io, runs)] : []),
    ...(calls.length > 0 ? ["", "Meetings", table(io, calls)] : []),
  ].join("\n");
};

const widestKind = Math.max(...timelineKinds.map(({ length }) => length));
const timeWidth = timeText(new Date(0).toISOString()).length;

const eventText = (io: Io, event: RecordedEvent): string => {
  const { at, kind, title, detail = "", links = [] } = event;
  return [
    `${painted(io, timeText(at), "grey")}  ${kind.padEnd(widestKind)}  ${plain(title)}`,
    ...detail.trimEnd().split("\n").filter(Boolean).map(plain),
    ...links.map((link) => `${plain(link.title)}: ${plain(link.url)}`),
    ...waysOn(event),
  ].join(`\n${" ".repeat(timeWidth + widestKind + 4)}`);
};

/** What somebody may type to let a parked run go on. */
const waysOn = ({ kind, source }: RecordedEvent): string[] =>
  kind === "runbook.parked" && source.type === "execution"
    ? decisionLines(source.execution_id, source.step)
    : [];

const showEvent = ({ io, isJson }: Session, event: RecordedEvent): void =>
  writeLine(io, isJson() ? JSON.stringify(event) : eventText(io, event));

const timeline = async (
  session: Session,
  id: string,
  options: { follow?: boolean; after: string },
): Promise<void> => {
  const api = session.api();
  let after = Number(options.after);
  if (options.follow) {
    for await (const event of api.followTimeline(id, { after, signal: session.io.signal }))
      showEvent(session, event);
    return;
  }
  for (;;) {
    const { events, next } = await api.timeline(id, { after, limit: 1000 });
    for (const event of events) showEvent(session, event);
    if (events.length === 0) return;
    after = next;
  }
};

const list = async (
  session: Session,
  options: { open?: boolean; [name: string]: unknown },
): Promise<void> => {
  const page = await session.api().incidents({ ...options, ...(options.open && { open: true }) });
  session.answer(page, ({ incidents, next }) => {
    if (incidents.length === 0) return "No incidents.";
    const more = next === null ? [] : [`More: --before ${next}`];
    return [table(session.io, incidents.map(summaryRow)), ...more].join("\n");
  });
};

const changingCommands = (session: Session): Command[] => {
  const { io, api, answer } = session;
  return [
    fieldOptions(new Command("declare"))
      .description("declare an incident; runbooks whose trigger matches start")
      .option("--title <text>", "what went wrong")
      .option("--severity <severity>", "SEV0 (critical) to SEV4 (cosmetic)")
      .option("--id <id>", "declared again with the same id, it is the same incident")
      .action(async (options: FieldOptions) => {
        const fields = (await fieldsOf(io, options)) as DeclarationInput;
        answer(await api().declareIncident(fields), ({ incident, links }) =>
          [`Declared ${incident.id}: SEV${incident.severity} ${plain(incident.title)}`, links.workflow ?? []]
            .flat()
            .join("\n"),
        );
      }),
    fieldOptions(new Command("update"))
      .description("change an incident; fields left out stay")
      .argument("<id>")
      .option("--title <text>", "what went wrong")
      .option("--severity <severity>", "SEV0 (critical) to SEV4 (cosmetic)")
      .action(async (id: string, options: FieldOptions) => {
        answer(
          await api().changeIncident(id, await fieldsOf(io, options)),
          ({ incident }) =>
            `${incident.id} is now SEV${incident.severity}, ${incident.status}: ${plain(incident.title)}`,
        );
      }),
  ];
};

export const incidentCommands = (session: Session): Command => {
  const group = new Command("incident").description("declare, change and look at incidents");
  for (const command of changingCommands(session)) group.addCommand(command);
  group
    .command("show")
    .description("show an incident with its bridge, executions and meetings")
    .argument("<id>")
    .action(async (id: string) => {
      session.answer(await session.api().incident(id), (detail) => detailText(session.io, detail));
    });
  group
    .command("list")
    .description("list incidents, newest first")
    .option("--open", "only those neither resolved nor closed")
    .option("--severity <severity>")
    .option("--status <status>")
    .option("--q <words>", "words in the id, title or service")
    .option("--limit <count>", "at most 200", "50")
    .option("--before <cursor>", "the next page")
    .action((options: { open?: boolean }) => list(session, options));
  group
    .command("timeline")
    .description("print what happened to an incident, in order")
    .argument("<id>")
    .option("--follow", "go on as it grows, until interrupted")
    .option("--after <seq>", "events with a higher sequence number", "0")
    .action((id: string, options: { follow?: boolean; after: string }) => timeline(session, id, options));
  return group;
};
