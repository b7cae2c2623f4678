import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Simulator } from "../../simulator/app.ts";
import { startSimulator } from "../support/simulator.ts";
import { controlOf } from "../support/control.ts";
import { startReceiver } from "../support/webhookReceiver.ts";
import { RunbooksError } from "../../client/errors.ts";
import { main } from "../../client/program.ts";
import type { TestGateway } from "../gateway/startGateway.ts";
import { anEvent, anExecution, anIncident, keys, startGateway } from "../gateway/startGateway.ts";

let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), "cli-test-"));
});
afterAll(() => gateway.close());

type Options = {
  url?: string;
  apiKey?: string;
  clientSecret?: string;
  input?: string;
  signal?: AbortSignal;
  onOut?: (text: string) => void;
};

const run = async (line: string | string[], options: Options = {}) => {
  const argv = typeof line === "string" ? line.split(" ") : line;
  let out = "";
  let err = "";
  const code = await main(argv, {
    out: (text) => {
      out += text;
      options.onOut?.(out);
    },
    err: (text) => void (err += text),
    hasColors: false,
    settings: () => ({
      url: options.url ?? gateway.url,
      apiKey: options.apiKey ?? keys.admin,
      clientSecret: options.clientSecret,
    }),
    readInput: async () => options.input ?? "",
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, out, err };
};

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const bridge = `key: cli-bridge
title: Open the bridge
inputs:
  minutes: { type: integer, default: 30 }
  room: { type: string, default: "1" }
steps:
  - id: make
    action: zoom.create_meeting
    input:
      topic: "{{incident.title}}"
`;

describe("zoom-runbooks incident", () => {
  test("declare, show, update and list", async () => {
    const fields = ["--title", "Checkout is down", "--field", "region=eu", "--field", "users=12"];
    const people = "--responder a@example.com --responder b@example.com".split(" ");
    const declared = await run([
      "incident",
      "declare",
      "--id",
      "cli-1",
      "--severity",
      "sev1",
      ...people,
      ...fields,
    ]);
    expect(declared).toMatchObject({ code: 0, err: "" });
    expect(declared.out).toContain("Declared cli-1: SEV1 Checkout is down");
    expect((await gateway.store.incidents.get("cli-1"))?.incident).toMatchObject({
      responders: [{ email: "a@example.com" }, { email: "b@example.com" }],
      custom_fields: { region: "eu", users: 12 },
    });

    const shown = await run("incident show cli-1");
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^SEV1 Checkout is down\nid +cli-1\nstatus +detected\n/);
    expect(shown.out).toMatch(/^owner +-\nresponders +a@example\.com, b@example\.com$/m);
    expect(shown.out).toMatch(/^region +eu$/m);

    const updated = await run("incident update cli-1 --status resolved");
    expect(updated.out).toBe("cli-1 is now SEV1, resolved: Checkout is down\n");

    const listed = await run("incident list --severity SEV1 --open");
    expect(listed.out).toMatch(/^cli-1 {2}SEV1 {2}detected {2}/m);
  });

  test("declare takes fields from a file or the standard input, as YAML or JSON", async () => {
    const path = await file("incident.yaml", "id: cli-2\ntitle: From a file\nseverity: 2\n");
    expect((await run(["incident", "declare", "-f", path])).out).toContain("Declared cli-2: SEV2");
    const input = JSON.stringify({ id: "cli-3", title: "From a pipe", severity: "SEV4" });
    expect((await run("incident declare --file - --severity 0", { input })).out).toContain(
      "Declared cli-3: SEV0",
    );
  });

  test("answers machines in JSON", async () => {
    const { out } = await run("--json incident show cli-1");
    expect(JSON.parse(out)).toMatchObject({ incident: { id: "cli-1" }, links: {} });
  });

  test("timeline prints what is there, line by line", async () => {
    await gateway.store.incidents.declare(anIncident({ id: "cli-4" }));
    const links = [{ title: "Join", url: "https://zoom.test/j/1" }];
    const events = [
      anEvent({ id: "1", kind: "bridge.ready", title: "The bridge is open", links }),
      anEvent({ id: "2", title: "Escapes \u001b[31m do not colour", detail: "nor\rhide\n\nlines stay\n" }),
      anEvent({
        id: "3",
        kind: "runbook.parked",
        title: "Needs a decision: Open the bridge",
        source: { type: "execution", execution_id: "runbook-cli-4-b-1", runbook: "b", step: "make" },
      }),
    ];
    await gateway.store.timeline.append("cli-4", events);
    const { code, out } = await run("incident timeline cli-4");
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "2026-11-23 10:00:01  bridge.ready                The bridge is open",
      `${" ".repeat(49)}Join: https://zoom.test/j/1`,
      "2026-11-23 10:00:01  note                        Escapes  [31m do not colour",
      `${" ".repeat(49)}nor hide`,
      `${" ".repeat(49)}lines stay`,
      "2026-11-23 10:00:01  runbook.parked              Needs a decision: Open the bridge",
      `${" ".repeat(49)}Try it again: zoom-runbooks execution retry runbook-cli-4-b-1 make`,
      `${" ".repeat(49)}Go on without it: zoom-runbooks execution skip runbook-cli-4-b-1 make`,
      "",
    ]);
    const lines = (await run("--json incident timeline cli-4 --after 1")).out.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([2, 3]);
  });

  test("timeline --follow goes on until it is interrupted, and over a lost connection", async () => {
    const first = await startGateway({ store: gateway.store });
    const { port } = first.app.server.address() as { port: number };
    await gateway.store.incidents.declare(anIncident({ id: "cli-5" }));
    await gateway.store.timeline.append("cli-5", [anEvent({ id: "1", title: "One" })]);
    const interrupted = new AbortController();
    let later: Promise<TestGateway> | undefined;
    const restart = async (): Promise<TestGateway> => {
      await first.close();
      await gateway.store.timeline.append("cli-5", [anEvent({ id: "2", title: "Two" })]);
      return startGateway({ store: gateway.store, port });
    };
    const { code, out } = await run("incident timeline cli-5 --follow", {
      url: `http://127.0.0.1:${port}`,
      signal: interrupted.signal,
      onOut: (text) => {
        if (text.includes("One")) later ??= restart();
        if (text.includes("Two")) interrupted.abort();
      },
    });
    expect(code).toBe(0);
    expect(out.match(/One|Two/g)).toEqual(["One", "Two"]);
    await (await later)?.close();
  });
});

describe("zoom-runbooks runbook", () => {
  test("lint says file, line and column of what is wrong, and exits with 3", async () => {
    const good = await file("good.yaml", bridge);
    const bad = await file("bad.yaml", bridge.replace("create_meeting", "create_meting"));
    expect(await run(["runbook", "lint", good])).toMatchObject({ code: 0, err: "" });
    const { code, out } = await run(["runbook", "lint", good, bad]);
    expect(code).toBe(3);
    expect(out).toMatch(/bad\.yaml:8:13 +error +steps\[0\]\.action +.*zoom\.create_meeting/);
    const json = await run(["--json", "runbook", "lint", bad]);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject([{ ok: false, marks: [{ level: "error", line: 8 }] }]);
  });

  test("lint and apply show advice as a level of its own, and exit with 0", async () => {
    const path = await file("advised.yaml", bridge.replace("key: cli-bridge", "key: cli-advised"));
    const linted = await run(["runbook", "lint", path]);
    expect(linted).toMatchObject({ code: 0, err: "" });
    expect(linted.out).toMatch(/advised\.yaml:10:14 +advice +steps\[0\]\.input\.topic +.*incident\.short_id/);
    const json = await run(["--json", "runbook", "lint", path]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject([{ ok: true, marks: [{ level: "advice", line: 10 }] }]);
    const applied = await run(["runbook", "apply", path]);
    expect(applied.code).toBe(0);
    expect(applied.out).toMatch(/advice +steps\[0\]\.input\.topic[^]*cli-advised: saved as version 1/);
  });

  test("apply saves, list and show read", async () => {
    const path = await file("bridge.yaml", bridge);
    expect((await run(["runbook", "apply", path])).out).toContain("cli-bridge: saved as version 1");
    expect((await run(["runbook", "apply", path])).out).toContain("cli-bridge: unchanged, version 1");
    expect((await run("runbook list")).out).toMatch(/^cli-bridge +v1 {2}by hand {2}.*Open the bridge$/m);
    expect((await run("runbook show cli-bridge")).out).toBe(bridge);
    const bad = await file("bad2.yaml", "key: cli-bridge\ntitle: [");
    const refused = await run(["runbook", "apply", bad]);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain("bad2.yaml:2:");
    expect(refused.err).toContain("not applied");
  });

  test("execute gives inputs the types that the runbook declares", async () => {
    const { code, out } = await run(
      "runbook execute cli-bridge --incident cli-1 --input minutes=45 --input room=7",
    );
    expect(code).toBe(0);
    expect(out).toContain("Started runbook-cli-1-cli-bridge-1");
    expect(gateway.calls.at(-1)).toMatchObject([
      "executeRunbook",
      { id: "cli-1" },
      { inputs: { minutes: 45, room: "7" } },
      {},
    ]);
  });

  test("execute --wait exits with 1 when the run does not complete", async () => {
    const id = "runbook-cli-1-cli-bridge-1";
    const endedAt = "2026-11-23T11:00:00.000Z";
    await gateway.store.executions.save(
      anExecution({ id, incident_id: "cli-1", state: "failed", ended_at: endedAt }),
    );
    const failed = await run("runbook execute cli-bridge --incident cli-1 --wait");
    expect(failed.code).toBe(1);
    expect(failed.out).toContain("failed");
    await gateway.store.executions.save(
      anExecution({ id, incident_id: "cli-1", state: "completed", ended_at: endedAt }),
    );
    expect((await run(`execution show ${id} --wait`)).code).toBe(0);
  });
});

describe("zoom-runbooks execution", () => {
  const id = "runbook-cli-1-bridge-7";

  test("show, retry, skip, approve and cancel", async () => {
    await gateway.store.executions.save(anExecution({ id, incident_id: "cli-1" }));
    const failure = {
      code: "missing_scope" as const,
      message: "needs meeting:write",
      advice: "Add the scope.",
    };
    gateway.answers.execution = anExecution({
      id,
      state: "parked",
      steps: [{ id: "make", title: "Create the meeting", state: "parked", failure }],
    });
    const shown = await run(`execution show ${id}`);
    expect(shown.out).toContain("make  parked  Create the meeting · needs meeting:write Add the scope.");
    expect(shown.out).toContain(`Try it again: zoom-runbooks execution retry ${id} make\n`);
    delete gateway.answers.execution;
    for (const [name, method] of [
      ["retry", "retryStep"],
      ["skip", "skipStep"],
      ["approve", "approve"],
    ]) {
      expect((await run(`execution ${name} ${id} make`)).code).toBe(0);
      expect(gateway.calls.at(-1)).toMatchObject([method, id, { step: "make" }, {}]);
    }
    expect((await run(`execution cancel ${id}`)).code).toBe(0);
    expect(gateway.calls.at(-1)).toMatchObject(["cancel", id, { by: { name: "a admin" } }, {}]);
  });

  test("what is refused is said with the reason, and exits with 1", async () => {
    gateway.answers.retryStep = new RunbooksError("rejected", "the step is running", { advice: "Wait." });
    expect(await run(`execution retry ${id}`)).toMatchObject({
      code: 1,
      err: "Not possible as things stand: The step is running. Wait.\n",
    });
    delete gateway.answers.retryStep;
  });
});

describe("Exit codes say what happened", () => {
  test("0 for help, which lists them", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    for (const exitCode of [0, 1, 2, 3, 4, 5, 6])
      expect(out).toMatch(new RegExp(`^ {2}${exitCode} {2}\\S`, "m"));
  });

  test.each([
    ["an unknown command", "incident close x"],
    ["an unknown option", "incident list --nonsense"],
    ["a missing argument", "incident show"],
    ["a missing option", "runbook execute x"],
    ["no command", "incident"],
    ["a file that is not there", "runbook lint /nowhere.yaml"],
    ["a pair that is none", "incident update x --field nonsense"],
  ])("2 for %s", async (_what, line) => {
    const { code, err, out } = await run(line);
    expect(code).toBe(2);
    expect(err + out).not.toBe("");
  });

  test("3 for a field at fault, which is named", async () => {
    const { code, err } = await run("incident declare --title x --severity high --responder nobody");
    expect(code).toBe(3);
    expect(err).toMatch(/^ {2}severity .*SEV0/m);
    expect(err).toMatch(/^ {2}responders\[0\]\.email /m);
  });

  test.each([
    "incident show none",
    "runbook show none",
    "execution show runbook-none-1",
    "incident timeline none",
    "incident timeline none --follow",
  ])("4 for what is not there: %s", async (line) => {
    expect((await run(line)).code).toBe(4);
  });

  test("5 for a key that is wrong, or may not", async () => {
    expect((await run("incident list", { apiKey: "wrong" })).code).toBe(5);
    expect((await run("incident declare --title x --severity 1", { apiKey: keys.viewer })).code).toBe(5);
    expect((await run(["--api-key", keys.viewer, "incident", "list"], { apiKey: "wrong" })).code).toBe(0);
  });

  test("6 when the gateway is not there", async () => {
    const { code, err } = await run("--url http://127.0.0.1:1 incident list");
    expect(code).toBe(6);
    expect(err).toContain("No answer from http://127.0.0.1:1");
    expect((await run("--url http://127.0.0.1:1 incident timeline x --follow")).code).toBe(6);
  });
});

test("zoom-runbooks actions lists the catalogue", async () => {
  expect((await run("actions")).out).toMatch(/^zoom\.create_meeting +create +/m);
});

test("zoom-runbooks secrets reseal says what was done, and fails for what no key opens", async () => {
  const row = { name: "Ours", kind: "sign_in", account_id: null, client_id: "c" } as const;
  const made = { state: "needs_authorization" as const, created_by: "ana", hosts: [] };
  expect(await run("secrets reseal")).toMatchObject({
    code: 0,
    out: 'Sealed 0 of 0 secrets anew with the key "generated".\n',
  });
  await gateway.store.connectors.create({ id: "zoom-1", ...row, ...made, sealed_secrets: "no JWE" });
  expect(await run("secrets reseal")).toMatchObject({
    code: 1,
    out: expect.stringContaining("Left as it is: connectors.sealed_secrets of zoom-1: it was changed"),
  });
  await gateway.store.connectors.remove("zoom-1");
});

test("zoom-runbooks person exports and erases by email, and says what is left to do", async () => {
  const owner = { name: "Ana", email: "ana@example.com" };
  await gateway.store.incidents.save(anIncident({ id: "inc-person", owner }), []);
  const exported = await run("person export ana@example.com");
  expect(JSON.parse(exported.out)).toMatchObject({ names: ["Ana"], incidents: [{ id: "inc-person" }] });
  expect(await run("person erase ana@example.com")).toMatchObject({
    code: 1,
    out: expect.stringContaining("Still worked on, so left as they are: inc-person."),
  });
  expect(await run("person erase nobody@example.com")).toMatchObject({
    code: 0,
    out: "Nothing was to be erased.\n",
  });
  expect(await run("person erase nobody")).toMatchObject({ code: 3, err: expect.stringContaining("email") });
});

describe("zoom-runbooks connector", () => {
  let zoom: Simulator;
  let connected: TestGateway;
  beforeAll(async () => {
    zoom = await startSimulator();
    const address = { apiUrl: `${zoom.url}/v2`, oauthUrl: `${zoom.url}/oauth` };
    connected = await startGateway({ zoom: { zoom: address } });
  });
  afterAll(() => Promise.all([connected.close(), zoom.close()]));

  const connector = (line: string, options: Options = {}) =>
    run(`connector ${line}`, { url: connected.url, ...options });

  test("add, list, test, default and remove, the secret from the standard input", async () => {
    expect((await connector("list")).out).toContain("No Zoom account");
    const added = await connector(
      "add Operations --account-id sim-account --client-id sim-client --host host1@example.com",
      { input: "sim-secret\ncanary-token\n" },
    );
    expect(added).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Connected Operations \(zoom-\w+\)/),
    });
    const listed = await connector("list");
    expect(listed.out).toMatch(
      /Operations +default +account credentials +sim-account .* by a admin +connected/,
    );
    expect(`${added.out}${added.err}${listed.out}`).not.toMatch(/sim-secret|canary/);
    const tested = await connector("test operations");
    expect(tested.out).toMatch(/host1@example.com +licensed/);
    expect(tested.out).toMatch(/zoom.create_meeting +works/);
    expect(tested.out).toContain("webhooks: No webhook");
    const edited = await connector(
      "edit operations --plan business --host-group responders --client-secret",
      {
        input: "sim-secret\n",
      },
    );
    expect(edited).toMatchObject({ code: 0, out: "Changed Operations\n" });
    const tokens = await connector("edit Operations --webhook-secret-tokens", { input: "one\ntwo\n" });
    expect(tokens).toMatchObject({ code: 0 });
    expect((await connector("edit Operations --plan gold")).code).toBe(3);
    expect(
      JSON.parse((await run("--json connector list", { url: connected.url })).out).connectors,
    ).toMatchObject([{ plan: "business", host_group: "responders", webhook_secret_tokens: 2 }]);
    expect(await connector("default Operations")).toMatchObject({ code: 0 });
    expect(await connector("remove Operations")).toMatchObject({ code: 0, out: "Removed Operations\n" });
    expect(await connector("test Operations")).toMatchObject({ code: 4 });
  });

  test("add of an app that people sign in to prints where, the secret from the environment", async () => {
    const added = await connector("add Ours --sign-in --client-id sim-client", {
      clientSecret: "sim-secret",
    });
    expect(added.out).toContain("Now sign in: http://gateway.test/oauth/zoom/start?connector=zoom-");
    expect((await connector("list")).out).toContain("nobody is signed in");
    expect(await connector("test Ours")).toMatchObject({
      code: 1,
      out: expect.stringContaining("sign in with Zoom again"),
    });
    await connector("remove Ours");
  });

  test("test says of each action what is missing, and once what to do about it", async () => {
    await connector("add Few --account-id sim-account --client-id sim-client --host host1@example.com", {
      input: "sim-secret",
    });
    await controlOf(zoom.url)("/settings", { scopes: ["user:read:user:admin"] });
    const { code, out } = await connector("test Few");
    expect(code).toBe(1);
    expect(out).toMatch(/zoom.delete_meeting +missing +The app lacks meeting:delete:meeting:admin$/m);
    expect(out.match(/Add these scopes to the app in Zoom's Marketplace/g)).toHaveLength(1);
    await connector("remove Few");
  });

  test.each([
    ["add A --client-id c", "sim-secret", 2, "--account-id, for account credentials, or --sign-in"],
    ["add A --client-id c --account-id a", " ", 2, "No client secret"],
    ["add A --client-id sim-client --account-id sim-account", "wrong", 3, "client_id"],
  ])("%s with %j ends with code %#", async (line, input, code, words) => {
    const failed = await connector(line, { input });
    expect(failed).toMatchObject({ code, err: expect.stringContaining(words) });
    expect(failed.err.trim()).not.toContain("\n  ");
  });
});

test("zoom-runbooks key makes, lists and revokes keys; the key alone goes to the standard output", async () => {
  const added = await run("key add ci --role viewer --expires 90d");
  expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^zrb_[\w-]{32}\n$/) });
  expect(added.err).toMatch(/^Made key-\w+ for ci, viewer\. The key is shown this once\.\n$/);
  const key = added.out.trim();
  expect((await run("incident list", { apiKey: key })).code).toBe(0);
  const listed = await run("key list");
  expect(listed.out).toMatch(/^key-\w+ +zrb_[\w-]{6}… +viewer +until 20.* used 20.* by a admin +ci$/m);
  expect(listed.out).not.toContain(key);
  expect(await run(["key", "revoke", key.slice(0, 10)])).toMatchObject({ code: 0 });
  expect((await run("incident list", { apiKey: key })).code).toBe(5);
  expect((await run("key revoke ci")).code).toBe(4);
  expect((await run("key add ci --role viewer --expires soon")).code).toBe(2);
  expect((await run("key add ci --role root")).code).toBe(3);
});

test("zoom-runbooks audit tells who changed what", async () => {
  await run("incident declare --id cli-audit --title x --severity 1");
  const shown = await run("audit --target cli-audit --since 1h");
  expect(shown.out).toMatch(
    /^20.* a admin \(key-admin\) +Declare an incident +cli-audit +201 +127\.0\.0\.1$/m,
  );
  expect((await run("audit --limit 1")).out).toMatch(/^More: --before \d+$/m);
  expect((await run("audit --who nobody")).out).toBe("Nothing was changed.\n");
  expect((await run("audit", { apiKey: keys.responder })).code).toBe(5);
});

describe("zoom-runbooks subscriber", () => {
  test("add, test, show, update, rotate, resend, remove", async () => {
    await using receiver = await startReceiver("whsec_bm90IHVzZWQgYnkgYW55Ym9keSBhdCBhbGw=");
    const own = await startGateway({ store: gateway.store, outgoingAllow: ["127.0.0.1"] });
    const { url } = own;
    const filter = ["--kind", "note", "--severity", "SEV1"];
    const added = await run(["subscriber", "add", "Status page", receiver.url, ...filter], { url });
    expect(added).toMatchObject({ code: 0, err: "" });
    const [, secret = ""] = /^Its secret, shown this once: (whsec_\S+)$/m.exec(added.out) ?? [];
    const refused = await run(["subscriber", "test", "status page"], { url });
    expect(refused).toMatchObject({ code: 1, out: "Status page: It answered 401.\n" });
    receiver.rules.secret = secret;
    const tried = await run(["subscriber", "test", "Status page"], { url });
    expect(tried).toMatchObject({ code: 0, out: "Status page accepted a test webhook (200)\n" });
    const shown = await run(["subscriber", "show", "Status page"], { url });
    expect(shown.out).toMatch(/^kinds +note\nseverities +SEV1$/m);
    expect(shown.out).not.toContain(secret);
    const rotated = await run(["subscriber", "rotate", "Status page", "--secret"], { url, input: secret });
    expect(rotated).toMatchObject({ code: 0, out: "Replaced the secret of Status page\n" });
    const disabled = await run(["subscriber", "update", "Status page", "--disable"], { url });
    expect(disabled.out).toContain("Status page is disabled");
    expect((await run(["subscriber", "resend", "Status page"], { url })).err).toContain("enable it first");
    await run(["subscriber", "update", "Status page", "--enable"], { url });
    const resent = await run(["subscriber", "resend", "Status page"], { url });
    expect(resent).toMatchObject({ code: 0, out: "Sent 0 again, 0 dead are left\n" });
    expect((await run("subscriber list", { url })).out).toMatch(/^subscriber-\w+ {2}Status page {2}working/m);
    expect((await run(["subscriber", "remove", "Status page"], { url })).out).toBe("Removed Status page\n");
    expect((await run("subscriber show nobody", { url })).code).toBe(4);
    expect((await run("subscriber add a https://b.example.com --kind nothing", { url })).code).toBe(2);
    await own.close();
  });
});
