import { Command } from "commander";
import type { Connector, ConnectorCheck, ConnectorEditInput } from "../api.ts";
import type { Cell, Hue, Io } from "../output.ts";
import { ExitError, exitCodes, table, timeText } from "../output.ts";
import type { Session } from "../session.ts";
import type { ZoomPlan } from "../../domain/connector.ts";
import { durationText } from "../../domain/duration.ts";
import { gathered, readFields } from "./documents.ts";

type SettingsOptions = { host?: string[]; hostGroup?: string; plan?: string; meetingDefaults?: string };

type AddOptions = SettingsOptions & { clientId: string; accountId?: string; signIn?: boolean };

type EditOptions = SettingsOptions & { name?: string; clientSecret?: boolean; webhookSecretTokens?: boolean };

/** What the gateway takes is for the gateway to say. */
const settingsOf = async ({ io }: Session, options: SettingsOptions): Promise<ConnectorEditInput> => ({
  ...(options.host && { hosts: options.host }),
  ...(options.hostGroup !== undefined && { host_group: options.hostGroup }),
  ...(options.plan !== undefined && { plan: options.plan as ZoomPlan }),
  ...(options.meetingDefaults !== undefined && {
    meeting_defaults: await readFields(io, options.meetingDefaults),
  }),
});

type Secrets = { client_secret: string; webhook_secret_tokens: string[] };

/** From the environment, or the standard input: what stands on a command line, everybody on the machine can read. */
const secretsOf = async ({ io }: Session): Promise<Secrets> => {
  const { clientSecret, webhookSecretTokens = [] } = io.settings();
  if (clientSecret !== undefined)
    return { client_secret: clientSecret, webhook_secret_tokens: webhookSecretTokens };
  io.err(
    "The client secret, and below it the webhook secret tokens if there are any, one a line; then Ctrl-D:\n",
  );
  const [first, ...rest] = await linesOf(io);
  if (first !== undefined) return { client_secret: first, webhook_secret_tokens: rest };
  throw new ExitError(
    exitCodes.usage,
    "No client secret: give it on the standard input, or as ZOOM_CLIENT_SECRET.",
  );
};

const linesOf = async (io: Io): Promise<string[]> =>
  (await io.readInput())
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);

const tokensOf = async ({ io }: Session): Promise<string[]> => {
  const { webhookSecretTokens = [] } = io.settings();
  if (webhookSecretTokens.length > 0) return webhookSecretTokens;
  io.err("The webhook secret tokens, one a line, all of them; then Ctrl-D:\n");
  return linesOf(io);
};

/** The client secret first, where both are new. */
const newSecretsOf = async (session: Session, options: EditOptions): Promise<ConnectorEditInput> => {
  if (!options.clientSecret)
    return options.webhookSecretTokens ? { webhook_secret_tokens: await tokensOf(session) } : {};
  const { client_secret, webhook_secret_tokens } = await secretsOf(session);
  return { client_secret, ...(options.webhookSecretTokens && { webhook_secret_tokens }) };
};

const stateText = ({ state, sign_in_url }: Connector): string =>
  state === "connected" ? "connected" : `nobody is signed in: ${sign_in_url}`;

const add = async (session: Session, name: string, options: AddOptions): Promise<void> => {
  const { clientId: client_id, accountId: account_id, signIn = false } = options;
  if (signIn === (account_id !== undefined))
    throw new ExitError(exitCodes.usage, "Give either --account-id, for account credentials, or --sign-in.");
  const settings = await settingsOf(session, options);
  const common = { ...settings, name, client_id, ...(await secretsOf(session)) };
  const added = await session
    .api()
    .addConnector(
      account_id === undefined
        ? { kind: "sign_in", ...common }
        : { kind: "account_credentials", account_id, ...common },
    );
  session.answer(added, ({ id, sign_in_url, state }) =>
    state === "connected"
      ? `Connected ${name} (${id})`
      : `Added ${name} (${id}). Now sign in: ${sign_in_url}`,
  );
};

const edit = async (session: Session, given: string, options: EditOptions): Promise<void> => {
  const { id } = await found(session, given);
  const change = {
    ...(options.name !== undefined && { name: options.name }),
    ...(await settingsOf(session, options)),
    ...(await newSecretsOf(session, options)),
  };
  session.answer(await session.api().editConnector(id, change), ({ name }) => `Changed ${name}`);
};

/** By id, or by name. */
const found = async (session: Session, given: string): Promise<Connector> => {
  const { connectors } = await session.api().connectors();
  const connector =
    connectors.find(({ id }) => id === given) ??
    connectors.find(({ name }) => name.toLowerCase() === given.toLowerCase());
  if (connector) return connector;
  throw new ExitError(exitCodes.notFound, `There is no connector "${given}".`);
};

const list = async (session: Session): Promise<void> => {
  session.answer(await session.api().connectors(), ({ connectors }) =>
    connectors.length === 0
      ? "No Zoom account. Connect one: zoom-runbooks connector add --help"
      : table(
          session.io,
          connectors.map((each) => [
            each.id,
            each.name,
            each.is_default ? "default" : "",
            each.kind === "sign_in" ? "sign in" : "account credentials",
            each.account_id ?? "-",
            each.created_at ? `${timeText(each.created_at)} by ${each.created_by}` : "environment",
            stateText(each),
          ]),
        ),
  );
};

const hues: Record<ConnectorCheck["actions"][number]["verdict"], Hue> = {
  works: "green",
  limited: "yellow",
  missing: "red",
};

const webhooksText = ({ heard_at, problem, advice }: ConnectorCheck["webhooks"]): string => {
  if (heard_at === null) return `webhooks: ${problem}. ${advice}`;
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(heard_at)) / 60_000));
  return `webhooks: last heard ${minutes === 0 ? "just now" : `${durationText(minutes * 60_000)} ago`}`;
};

const checkText = (io: Io, { problem, advice, hosts, webhooks, actions }: ConnectorCheck): string => {
  if (problem !== null) return `${problem}\n${advice ?? ""}`;
  const hostRows = hosts.map(({ host, verdict, problem: lack }): Cell[] => [host, verdict, lack ?? ""]);
  const actionRows = actions.map(({ action, verdict, problem: lack }): Cell[] => [
    action,
    { text: verdict, hue: hues[verdict] },
    lack ?? "",
  ]);
  // Most rows want the same.
  const todo = [...new Set(actions.flatMap(({ advice: how }) => how ?? []))].join("\n");
  return [webhooksText(webhooks), table(io, hostRows), table(io, actionRows), todo]
    .filter(Boolean)
    .join("\n\n");
};

const test = async (session: Session, given: string): Promise<void> => {
  const check = await session.api().testConnector((await found(session, given)).id);
  session.answer(check, (answer) => checkText(session.io, answer));
  if (!check.works) throw new ExitError(exitCodes.failed);
};

const withSettings = (command: Command): Command =>
  command
    .option("--host <email>", "a user who hosts; may be repeated", gathered)
    .option("--host-group <group>", "instead: whoever is licensed in this group of Zoom's, by name or id")
    .option("--plan <plan>", "of the account: free, pro, business or enterprise")
    .option("--meeting-defaults <file>", "YAML or JSON: what meetings have where a step says nothing");

export const connectorCommands = (session: Session): Command => {
  const group = new Command("connector").description("connect Zoom accounts, and see what they can do");
  group
    .command("list")
    .description("list the Zoom accounts that are connected")
    .action(() => list(session));
  withSettings(group.command("add"))
    .description(
      "connect a Zoom account; its client secret comes from the standard input or ZOOM_CLIENT_SECRET",
    )
    .argument("<name>", "how people call it")
    .requiredOption("--client-id <id>", "of the app in Zoom's Marketplace")
    .option("--account-id <id>", "of a Server-to-Server OAuth app")
    .option("--sign-in", "a General app: somebody signs in with Zoom, by the link that is printed")
    .action((name: string, options: AddOptions) => add(session, name, options));
  withSettings(group.command("edit"))
    .description("change what is named, and try it out before it is kept; secrets come as with add")
    .argument("<connector>", "its name or id")
    .option("--name <name>", "another name")
    .option("--client-secret", "another client secret")
    .option("--webhook-secret-tokens", "other secret tokens of webhooks, in place of all there are")
    .action((given: string, options: EditOptions) => edit(session, given, options));
  group
    .command("test")
    .description("which actions work, and what the others lack; exit code 1 unless all work")
    .argument("<connector>", "its name or id")
    .action((given: string) => test(session, given));
  group
    .command("default")
    .description("let runbooks work in this account")
    .argument("<connector>", "its name or id")
    .action(async (given: string) => {
      const { id } = await found(session, given);
      session.answer(
        await session.api().makeConnectorDefault(id),
        ({ name }) => `${name} is the default now`,
      );
    });
  group
    .command("remove")
    .description("remove a connector and its secrets")
    .argument("<connector>", "its name or id")
    .action(async (given: string) => {
      const connector = await found(session, given);
      await session.api().removeConnector(connector.id);
      session.answer({ removed: connector.id }, () => `Removed ${connector.name}`);
    });
  return group;
};
