import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createHistoryCodec } from "../../client/historyCodec.ts";
import { keysFrom } from "../../connectors/keys.ts";
import { preparedPrograms } from "../../setup/temporalCli.mjs";
import { startHttpSink } from "../support/httpSink.ts";
import { startSmtpSink } from "../support/smtpSink.ts";
import { historiesOf } from "./histories.ts";
import { signIn } from "./signIn.ts";
import type { Incident } from "./story.ts";
import { declare, people, playToTheEnd, recordingDelayMs } from "./story.ts";
import { until } from "../support/until.ts";
import type { Topology } from "./support.ts";
import { startTopology, webhookSecret, withoutPostgres } from "./support.ts";

const creating = { method: "POST", path: "/users/[^/]+/meetings$" };

/** Where something must not stand, by what it is called. */
type Places = Map<string, string>;

const encryptionKey = Buffer.alloc(32, "sim-secret-key").toString("base64");
const databasePassword = "sim-secret-database";
const wrongApiKey = "sim-secret-api-key-that-is-wrong";

/** Whoever reads one of these could act as somebody, or learn where somebody is. */
const forbidden = (apiKey: string): Record<string, RegExp> => ({
  "a secret of Zoom's: token, ZAK, download token, client secret": /sim-secret/,
  "the client secret in base64": new RegExp(Buffer.from("sim-client:sim-secret").toString("base64")),
  "the webhooks' secret": new RegExp(webhookSecret),
  "an API key": new RegExp(apiKey),
  "the key that secrets are sealed with": new RegExp(encryptionKey),
  "a start link": /start_url|\/s\/\d{9,}|\bzak=\w/i,
  "a download token": /download_(access_)?token/i,
  "an Authorization header": /\b(Bearer|Basic) [\w+/=.-]{8,}/,
  "an address of a participant": /\b203\.0\.113\.\d+|\b10\.0\.0\.\d+/,
});

const canary = { ...people.cy, phone: "+41 44 555 01 99" };

/** Who somebody is. People's names may stand where people look; not in what is kept for machines. */
const personal: Record<string, RegExp> = {
  "somebody's name": new RegExp(
    Object.values(people)
      .map(({ name }) => name)
      .join("|"),
  ),
  "an email address": /[\w.+-]+(@|%40)example\.com/i,
  "a telephone number": /44 ?555 ?01 ?99/,
};

/** What an encrypted history may not show besides. */
const content: Record<string, RegExp> = {
  ...personal,
  "an incident's title": /Checkout is down/,
  "a join link": /\/j\/\d{9,}/,
  "what a failure says": /Invalid: /,
};

const leaks = (places: Places, patterns: Record<string, RegExp>): string[] =>
  [...places].flatMap(([place, text]) =>
    Object.entries(patterns).flatMap(([what, pattern]) => {
      const found = pattern.exec(text);
      if (!found) return [];
      return [`${what} in ${place}: …${text.slice(Math.max(0, found.index - 150), found.index + 80)}…`];
    }),
  );

const tablesOf = async ({ sql }: Topology): Promise<Places> => {
  const tables = await sql.query("select tablename from pg_tables where schemaname = 'public'");
  const places: Places = new Map();
  for (const { tablename } of tables) {
    const rows = await sql.query(`select row_to_json(each)::text as row from "${String(tablename)}" as each`);
    places.set(`table ${String(tablename)}`, rows.map(({ row }) => String(row)).join("\n"));
  }
  return places;
};

const answersOf = async ({ gatewayUrl, apiKey }: Topology, incidents: Incident[]): Promise<Places> => {
  const paths = [
    "/api/incidents",
    "/api/runbooks",
    "/api/actions",
    "/api/connectors",
    "/metrics",
    ...incidents.flatMap(({ id, executionId }) => [
      `/api/incidents/${id}`,
      `/api/incidents/${id}/timeline?limit=200`,
      `/api/executions/${executionId}`,
    ]),
  ];
  const places: Places = new Map();
  for (const path of paths) {
    const answer = await fetch(`${gatewayUrl}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(answer.status).toBe(200);
    places.set(`GET ${path}`, await answer.text());
  }
  return places;
};

/** Temporal's own command line, which reads payloads by the gateway's codec server. */
const temporalCli = ({ temporal, gatewayUrl, apiKey }: Topology, ...argv: string[]): Promise<string> => {
  const { address, namespace } = temporal;
  const server = ["--address", address, "--namespace", namespace];
  const codec = ["--codec-endpoint", `${gatewayUrl}/codec`, "--codec-auth", `Bearer ${apiKey}`];
  const root = fileURLToPath(new URL("../..", import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(
      preparedPrograms(root)["temporal"] ?? "temporal",
      [...argv, ...server, ...codec],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => (error ? reject(new Error(err)) : resolve(out)),
    );
  });
};

const outputsOf = ({ programs }: Topology): Places =>
  new Map(programs.map((program, index) => [`the output of program ${index}`, program.output()]));

/** Tells people and systems elsewhere, each of which repeats the secret it was sent. */
const reachingOut = `
key: reaching-out
title: Tell everybody
steps:
  - { id: mail, action: notify.email, input: { to: [ana@example.com], body: We are down } }
  - { id: chat, action: notify.chat, input: { channels: [{ kind: slack, secret: team_slack }], text: We are down } }
  - id: call
    action: http.request
    on_failure: continue
    input: { url: "URL", headers: { Authorization: { secret: pager_token, prefix: "Bearer " } } }
`;

const startOutside = async () => {
  const mail = await startSmtpSink({ user: { name: "zr", password: "another" } });
  const web = await startHttpSink(({ path, headers }) => ({
    status: path === "/answer" ? 200 : 400,
    body: `You sent ${headers.host}${path} with ${headers.authorization}`,
  }));
  return {
    web,
    variables: {
      SMTP_URL: mail.url.replace("//", "//zr:sim-secret-smtp@"),
      MAIL_FROM: "incidents@example.com",
      OUTGOING_ALLOW: "127.0.0.1",
      ZOOM_RUNBOOKS_SECRET_TEAM_SLACK: `${web.url}/services/sim-secret-hook`,
      ZOOM_RUNBOOKS_SECRET_PAGER_TOKEN: "sim-secret-pager",
    },
    close: async () => {
      await mail[Symbol.asyncDispose]();
      await web[Symbol.asyncDispose]();
    },
  };
};

(withoutPostgres === undefined ? describe : describe.skip)(
  "After incidents with everything that may go wrong",
  () => {
    let world: Topology;
    let outside: Awaited<ReturnType<typeof startOutside>>;
    const incidents: Incident[] = [];

    let reports: string;

    beforeAll(async () => {
      reports = await mkdtemp(join(tmpdir(), "reports-"));
      const clock = { startAtMs: Date.now() - 240_000 };
      outside = await startOutside();
      world = await startTopology({
        title: "secrets",
        workerVariables: outside.variables,
        logLevel: "trace",
        databasePassword,
        variables: {
          ENCRYPTION_KEYS: `test:${encryptionKey}`,
          ENCRYPT_HISTORIES: "true",
          NODE_OPTIONS: `--report-on-signal --report-directory=${reports}`,
        },
        runbooks: ["incident-bridge", "follow-up"],
        simulator: { clock },
      });
      await world.zoom.settings({ recordingDelayMs });
      await playFaulty();
      await playRefused();
      await playCancelled();
      await playReachingOut();
      await playConnectors();
      await breakDatabase();
      await knockAtTheDoor();
    }, 180_000);
    afterAll(async () => {
      await world.close();
      await outside.close();
      await rm(reports, { recursive: true });
    });

    const declared = async (): Promise<Incident> => {
      const incident = await declare(world, { responders: [people.bo, canary] });
      incidents.push(incident);
      return incident;
    };

    /** A whole story whose every call to Zoom fails first, in one way or another, and the review that follows. */
    const playFaulty = async (): Promise<void> => {
      const { zoom, api } = world;
      await zoom.fault({ ...creating, kind: "expiredToken", times: 1 });
      await zoom.fault({ path: "/oauth/token", kind: "status", status: 503, times: 1 });
      await zoom.fault({ ...creating, kind: "status", status: 500, commit: true, times: 1 });
      await zoom.fault({ method: "PATCH", kind: "reset", times: 1 });
      await zoom.fault({ path: "/past_meetings", kind: "status", status: 429, times: 1 });
      await zoom.fault({ path: "/recordings", kind: "expiredToken", times: 1 });
      const incident = await declared();
      await playToTheEnd(world, incident);
      await api.changeIncident(incident.id, { status: "resolved" });
      await incident.hear("meeting.scheduled");
      await incident.hear("runbook.completed", { nth: 2 });
    };

    /** Zoom repeats what it was sent when it dislikes it, and links besides. */
    const playRefused = async (): Promise<void> => {
      const quoting =
        "Invalid: Bearer sim-secret-token-0123456789, https://us02web.zoom.us/s/81234567890?zak=sim-secret-zak, zak=sim-secret-zak.";
      await world.zoom.fault({
        ...creating,
        kind: "status",
        status: 400,
        code: 300,
        message: quoting,
        times: 1,
      });
      const incident = await declared();
      await incident.hear("runbook.parked");
      await world.zoom.fault({ ...creating, kind: "expiredToken", times: 1 });
      await world.zoom.fault({
        path: "/oauth/token",
        kind: "status",
        status: 400,
        body: { reason: "Invalid client_secret=sim-secret", error: "invalid_client" },
        times: 1,
      });
      await world.api.command("retry", incident.executionId);
      await incident.hear("runbook.parked", { nth: 2 });
      await world.api.command("skip", incident.executionId);
      await incident.hear("runbook.completed");
    };

    const playCancelled = async (): Promise<void> => {
      const incident = await declared();
      await incident.hear("runbook.waiting");
      await world.api.command("cancel", incident.executionId);
      await incident.hear("runbook.cancelled");
    };

    const playReachingOut = async (): Promise<void> => {
      const { api } = world;
      const incident = await declared();
      for (const path of ["/answer", "/refusal"]) {
        await api.applyRunbook("reaching-out", reachingOut.replace("URL", `${outside.web.url}${path}`));
        await api.executeRunbook(incident.id, "reaching-out", {});
      }
      for (const nth of [1, 2, 3, 4, 5]) await incident.hear("step.failed", { nth });
      await incident.hear("runbook.completed", { nth: 2 });
      const sent = JSON.stringify(outside.web.requests);
      for (const secret of ["sim-secret-hook", "sim-secret-pager"]) expect(sent).toContain(secret);
    };

    /** Zoom accounts that are connected, by people and mistakes of all kinds; the last one takes over the account. */
    const playConnectors = async (): Promise<void> => {
      const { api, zoom } = world;
      const app = { client_id: "sim-client", client_secret: "sim-secret" };
      const webhook_secret_tokens = ["sim-secret-webhooks"];
      const byCredentials = { kind: "account_credentials" as const, ...app, webhook_secret_tokens };
      const wrong = { name: "Wrong", account_id: "sim-account", client_secret: "sim-secret-wrong" };
      await expect(api.addConnector({ ...byCredentials, ...wrong })).rejects.toThrow("client secret");
      await api.addConnector({ ...byCredentials, name: "Operations", account_id: "sim-account" });
      const signedIn = await api.addConnector({
        kind: "sign_in",
        ...app,
        name: "Signed in",
        webhook_secret_tokens,
      });
      expect(await signIn(world, signedIn.id, null)).toContain("You declined");
      expect(await signIn(world, signedIn.id)).toContain("works for host1@example.com now");
      await api.makeConnectorDefault(signedIn.id);
      expect((await api.testConnector(signedIn.id)).works).toBe(true);
      // Workers look at most every three seconds which account is the default.
      await sleep(3500);
      await expireTokens();

      const incident = await declared();
      await incident.hear("runbook.waiting");
      await zoom.uninstall();
      const orphaned = await declared();
      const parked = await orphaned.hear("runbook.parked");
      const failed = (await orphaned.timeline()).map(({ detail }) => detail).join("\n");
      expect(`${failed}${parked.detail}`).toContain(`/oauth/zoom/start?connector=${signedIn.id}`);
      expect(await signIn(world, signedIn.id)).toContain("works for");
      await orphaned.hear("bridge.ready");
    };

    /** What Zoom issued is over, and its clock stays where it is. */
    const expireTokens = () => world.zoom.fault({ path: "/v2", kind: "expiredToken", times: 1 });

    /** The database goes away for a moment while an incident is declared. */
    const breakDatabase = async (): Promise<void> => {
      const incident = await declared();
      process.kill(world.postgres.pid(), "SIGKILL");
      await sleep(1500);
      await world.postgres.restart();
      await incident.hear("runbook.waiting", { withinMs: 90_000 });
    };

    const knockAtTheDoor = async (): Promise<void> => {
      const headers = { authorization: `Bearer ${wrongApiKey}`, "x-zm-signature": `v0=${"0".repeat(64)}` };
      await fetch(`${world.gatewayUrl}/api/incidents`, { headers });
      await fetch(`${world.gatewayUrl}/webhooks/zoom`, { method: "POST", headers, body: '{"event":"x"}' });
      const key = { authorization: `Bearer ${world.apiKey}` };
      await fetch(`${world.gatewayUrl}/api/incidents?q=${encodeURIComponent(canary.email)}`, {
        headers: key,
      });
    };

    const codec = createHistoryCodec(keysFrom(`test:${encryptionKey}`));

    /** What Node writes of a process when it is asked to, as when it crashes. */
    const reportsOf = async (): Promise<Places> => {
      const running = world.programs.filter((program) => program.isRunning());
      for (const { pid } of running) process.kill(pid, "SIGUSR2");
      const written = await until(`${running.length} diagnostic reports`, async () => {
        const names = await readdir(reports);
        const texts = await Promise.all(names.map((name) => readFile(join(reports, name), "utf8")));
        const isWhole = texts.every((text) => text.trimEnd().endsWith("}"));
        return isWhole && texts.length === running.length ? texts : undefined;
      });
      return new Map(written.map((text, index) => [`report ${index}`, text]));
    };

    const cases: [string, () => Places | Promise<Places>][] = [
      ["workflow history as Temporal has it", () => historiesOf(world)],
      ["workflow history, decrypted", () => historiesOf(world, codec)],
      ["answer of the API", () => answersOf(world, incidents)],
      ["table", () => tablesOf(world)],
      ["output of a process", () => outputsOf(world)],
    ];

    test.each(cases)("no %s holds a secret", async (_what, places) => {
      const read = await places();
      // The search reads what is there, since it finds what may be there.
      const everything = [...read.values()].join("\n");
      expect(everything).toContain(incidents[0]!.id);
      expect(everything).toContain(await incidents[0]!.meetingId());
      expect(leaks(read, forbidden(world.apiKey))).toEqual([]);
    });

    test("no encrypted history shows more than ids; the key shows all of it", async () => {
      expect(leaks(await historiesOf(world), content)).toEqual([]);
      const found = leaks(await historiesOf(world, codec), content).join("\n");
      for (const what of Object.keys(content)) expect(found).toContain(what);
    });

    test("no log and no metric tells who somebody is", async () => {
      expect(leaks(outputsOf(world), personal)).toEqual([]);
      const answers = await answersOf(world, []);
      expect(leaks(new Map([["metrics", answers.get("GET /metrics")!]]), personal)).toEqual([]);
    });

    test("no diagnostic report holds a secret, though all of them began with theirs in the environment", async () => {
      const written = await reportsOf();
      expect([...written.values()].join("")).toContain("javascriptHeap");
      expect(leaks(written, forbidden(world.apiKey))).toEqual([]);
    });

    test("Temporal's command line shows a history by the codec server, with a key of ours", async () => {
      const payloads = (text: string): string =>
        text.replaceAll(/"data": *"([^"]*)"/g, (_all, data: string) =>
          Buffer.from(data, "base64").toString(),
        );
      const shown = await temporalCli(
        world,
        "workflow",
        "show",
        "--output",
        "json",
        "--workflow-id",
        incidents[0]!.executionId,
      );
      expect(payloads(shown)).toContain(people.ana.email);
      const details = ["workflow", "metadata", "--workflow-id", incidents[0]!.executionId];
      expect(await temporalCli(world, ...details)).toContain("Open the bridge");
      const asIs = world.temporal.client.workflow.getHandle(incidents[0]!.executionId);
      await expect(asIs.query("__temporal_workflow_metadata")).rejects.toThrow("binary/encrypted");
      expect(shown).not.toContain(Buffer.from("binary/encrypted").toString("base64"));
    });

    test("the search for secrets finds each of them", () => {
      const hidden = new Map([
        [
          "a place",
          `sim-secret ${webhookSecret} start_url download_token Bearer abcdefgh1 203.0.113.7 ${world.apiKey} ${encryptionKey}`,
        ],
        ["another", Buffer.from("sim-client:sim-secret").toString("base64")],
      ]);
      expect(leaks(hidden, forbidden(world.apiKey))).toHaveLength(
        Object.keys(forbidden(world.apiKey)).length,
      );
    });
  },
);
