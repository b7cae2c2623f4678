import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { inTurns } from "../../activities/deliverOnce.ts";
import { catalogue } from "../../activities/actions/index.ts";
import type { Json } from "../../domain/plan.ts";
import type { RecordedEvent, TimelineKind } from "../../domain/timeline.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import { startValidatingProxy, withoutValidatingProxy } from "../support/contract/validatingProxy.ts";
import { startHttpSink } from "../support/httpSink.ts";
import { startSmtpSink } from "../support/smtpSink.ts";
import { until } from "../support/until.ts";
import type { BadInput } from "./badInputs.ts";
import { badInputs, badRunbook, tooLong } from "./badInputs.ts";
import { cliOf } from "./cli.ts";
import { people } from "./story.ts";
import { simulatedAccount, startTopology, withoutPostgres } from "./support.ts";
import {
  declared,
  executed,
  mallory,
  meetingOf,
  over,
  playBridge,
  playBriefing,
  recordingDelayMs,
  responders,
  waitsAt,
} from "./wholeLives.ts";

const documents = fileURLToPath(new URL("runbooks", import.meta.url));

const fields = {
  title: "Checkout is down",
  severity: "SEV1",
  summary: "Payments fail with HTTP 502.",
  owner: people.ana,
  responders,
  custom_fields: { review: true },
};

/** What an app needs that is given one scope of each line of the reference, the narrowest. */
const leastScopes = (): string[] => {
  const lines = [...catalogue.values()].flatMap(({ scopes }) => scopes);
  const narrowest = lines.map((anyOf) => anyOf.filter((scope) => scope.endsWith(":admin")).at(-1) ?? "");
  return [...new Set(narrowest)];
};

/** The systems that runbooks reach besides Zoom, each of them real. */
const startOutside = async () => {
  const mail = await startSmtpSink();
  const page = { status: 201, body: '{"id":"page-7"}', headers: { "content-type": "application/json" } };
  const web = await startHttpSink(({ path }) => (path === "/incidents" ? page : {}));
  const folder = await mkdtemp(join(tmpdir(), "every-action-"));
  return {
    mail,
    web,
    folder,
    variables: {
      SMTP_URL: mail.url,
      MAIL_FROM: "incidents@example.com",
      OUTGOING_ALLOW: "127.0.0.1",
      ARCHIVE_URL: `file://${folder}/archive`,
      ZOOM_RUNBOOKS_SECRET_TEAM_SLACK: `${web.url}/slack`,
      ZOOM_RUNBOOKS_SECRET_STATUS_PAGE: "page-token",
    },
    close: async () => {
      await mail[Symbol.asyncDispose]();
      await web[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
};

const startStage = async () => {
  const outside = await startOutside();
  let proxy: Awaited<ReturnType<typeof startValidatingProxy>> | undefined;
  const topology = await startTopology({
    title: "every action",
    runbooks: [],
    workerVariables: outside.variables,
    ...(withoutValidatingProxy === undefined && {
      before: async (apiUrl: string) => (proxy = await startValidatingProxy(apiUrl)),
    }),
  });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(outside.folder, name), text);
    return join(outside.folder, name);
  };
  return {
    ...topology,
    outside,
    /** Stands between product and Zoom where it can be had. */
    proxy,
    file,
    cli: cliOf(topology),
    /** Zoom, as its administrator uses it. */
    administrator: simulatedAccount(topology.zoom.url).client,
    close: async () => {
      await topology.close();
      await outside.close();
    },
  };
};

type Stage = Awaited<ReturnType<typeof startStage>>;

let stage: Stage;

(withoutPostgres === undefined ? describe : describe.skip)("From the command line, in a runbook", () => {
  beforeAll(async () => {
    stage = await startStage();
    await stage.zoom.settings({
      scopes: leastScopes(),
      live: { removal: true },
      recordingDelayMs,
      users: [{ email: "lapsed@example.com", type: 99 }],
    });
    const bad = await Promise.all(badInputs.map((each) => stage.file(`${each.key}.yaml`, badRunbook(each))));
    const good = (await readdir(documents)).map((name) => join(documents, name));
    await stage.cli.done("runbook", "apply", ...good, ...bad);
  }, 120_000);
  afterAll(() => stage.close());

  describe("every action", () => {
    const runs = { bridge: "", briefing: "", series: "", review: "runbook-life-whole-review-1" };
    const life: RecordedEvent[] = [];

    beforeAll(async () => {
      await declared(stage, "life", await stage.file("life.json", JSON.stringify(fields)));
      [runs.bridge, runs.briefing, runs.series] = await Promise.all([
        executed(stage, "life", "whole-bridge", "--input", `status_page=${stage.outside.web.url}`),
        executed(stage, "life", "whole-briefing"),
        executed(stage, "life", "whole-series"),
      ]);
      await waitsAt(stage, runs.bridge, "live");
      // No action starts Zoom's own summary: the account's people do.
      const { id } = await meetingOf(stage, runs.bridge, "bridge");
      await updateMeeting(stage.administrator, String(id), {
        settings: { auto_start_meeting_summary: true },
      });
      await Promise.all([playBridge(stage, runs.bridge), playBriefing(stage, runs.briefing)]);
      await stage.zoom.advance(recordingDelayMs + 10_000);
      for (const run of [runs.bridge, runs.briefing, runs.series]) await over(stage, run);
      await stage.cli.done("incident", "update", "life", "--status", "resolved");
      await until("the review", async () => {
        const { executions } = await stage.api.incident("life");
        return (
          executions.some(({ id: run, state }) => run === runs.review && state === "completed") || undefined
        );
      });
      life.push(...(await stage.cli.lines<RecordedEvent>("incident", "timeline", "life")));
    }, 120_000);

    type Run = keyof typeof runs;
    type Told = { kind: TimelineKind; title: string | RegExp; detail?: string | RegExp };
    type Proof = {
      in: Run;
      step: string;
      told: Told;
      /** The meeting's own following may have told it before the step: then it is not told twice. */
      orByMeeting?: true;
      isTrue: () => Promise<void> | void;
    };

    const outputsOf = async (run: Run, step: string): Promise<{ [field: string]: Json }> => {
      const { execution } = await stage.api.execution(runs[run]);
      return execution.steps.find(({ id }) => id === step)?.outputs ?? {};
    };
    const bridge = () => meetingOf(stage, runs.bridge, "bridge");
    const webinar = () => meetingOf(stage, runs.briefing, "briefing");
    const stays = async (of: typeof bridge) => (await of()).sessions[0]?.participants ?? [];
    const recording = async () => (await bridge()).sessions[0]?.recording;
    const emails = (list: unknown) => (list as { email: string }[]).map(({ email }) => email);
    const asked = async (method: string, path: RegExp) =>
      (await stage.zoom.requests(method, path)).map(({ status }) => status);

    const proofs: { [action: string]: Proof } = {
      "zoom.create_meeting": {
        in: "bridge",
        step: "bridge",
        told: { kind: "bridge.ready", title: "Bridge is ready: life Checkout is down" },
        isTrue: async () => {
          expect(await bridge()).toMatchObject({
            host_email: "host1@example.com",
            duration: 45,
            agenda: expect.stringContaining(fields.summary),
          });
        },
      },
      "zoom.update_meeting": {
        in: "bridge",
        step: "renamed",
        told: { kind: "meeting.updated", title: /^Changed 1 life Checkout is down .*topic, passcode/ },
        isTrue: async () => {
          expect(await bridge()).toMatchObject({
            topic: "1 life Checkout is down",
            settings: { mute_upon_entry: true },
          });
          expect((await stage.api.incident("life")).bridge).toMatchObject({ passcode: "4711" });
        },
      },
      "zoom.set_alternative_hosts": {
        in: "bridge",
        step: "hosts",
        told: { kind: "participants.added", title: /host2@example\.com, host3@example\.com$/ },
        isTrue: async () =>
          expect((await bridge()).settings["alternative_hosts"]).toBe("host2@example.com;host3@example.com"),
      },
      "zoom.configure_breakout_rooms": {
        in: "bridge",
        step: "rooms",
        told: { kind: "meeting.updated", title: /: Database, Network$/, detail: /Dee Park/ },
        isTrue: async () =>
          expect((await bridge()).settings["breakout_room"]).toEqual({
            enable: true,
            rooms: [
              { name: "Database", participants: ["bo@example.com"] },
              { name: "Network", participants: ["cy@example.com"] },
            ],
          }),
      },
      "zoom.add_participants": {
        in: "bridge",
        step: "responders",
        told: { kind: "participants.added", title: "Added 5 invitees to the meeting", detail: /Dee Park/ },
        isTrue: async () =>
          expect(emails((await bridge()).settings["meeting_invitees"])).toEqual(
            expect.arrayContaining(["ana@example.com", "cy@example.com", "host3@example.com"]),
          ),
      },
      "zoom.get_meeting": {
        in: "bridge",
        step: "facts",
        told: { kind: "step.completed", title: /^Nobody is in 1 life Checkout is down/ },
        isTrue: async () =>
          expect(await outputsOf("bridge", "facts")).toMatchObject({
            topic: (await bridge()).topic,
            passcode: "4711",
            host: "host1@example.com",
          }),
      },
      "notify.email": {
        in: "bridge",
        step: "mail",
        told: {
          kind: "notification.sent",
          title: /to 3 of 4 people$/,
          detail: "Without an address: Dee Park.",
        },
        isTrue: async () => {
          const mails = (await stage.outside.mail.mails()).filter(({ subject }) =>
            subject?.startsWith("Join"),
          );
          expect(new Set(mails.map(({ to }) => [to].flat()[0]?.text))).toEqual(
            new Set([people.ana, people.bo, people.cy].map(({ name, email }) => `"${name}" <${email}>`)),
          );
          for (const { text } of mails) expect(text).toContain("4711");
        },
      },
      "notify.chat": {
        in: "bridge",
        step: "chat",
        told: { kind: "notification.sent", title: /^Posted .* to 1 channel$/ },
        isTrue: () => {
          const [post] = stage.outside.web.requests.filter(({ path }) => path === "/slack");
          expect(post?.body).toContain("Checkout is down: join with 4711");
        },
      },
      "http.request": {
        in: "bridge",
        step: "page",
        told: { kind: "step.completed", title: /^POST 127\.0\.0\.1:\d+ answered 201$/ },
        isTrue: () => {
          const posts = stage.outside.web.requests.filter(({ path }) => path === "/incidents");
          expect(posts).toMatchObject([{ method: "POST", headers: { authorization: "Bearer page-token" } }]);
          expect(JSON.stringify(life)).not.toContain("page-token");
        },
      },
      "incident.update_fields": {
        in: "bridge",
        step: "fields",
        told: { kind: "step.completed", title: /^Set status: investigating; .*status page: page-7$/ },
        isTrue: async () => {
          const { incident } = await stage.api.incident("life");
          const { join_url } = await outputsOf("bridge", "facts");
          expect(incident.custom_fields).toMatchObject({ status_page: "page-7", bridge_url: join_url });
        },
      },
      "timeline.add_event": {
        in: "bridge",
        step: "said",
        told: { kind: "note", title: "3 mailed, 1 channel told", detail: "Rooms: Database Network " },
        isTrue: () => undefined,
      },
      "zoom.control_recording": {
        in: "bridge",
        step: "record",
        told: { kind: "recording.started", title: "Cloud recording started" },
        orByMeeting: true,
        isTrue: async () => {
          expect(await outputsOf("bridge", "record")).toMatchObject({
            outcome: "confirmed",
            recording: "on",
          });
          expect(await recording()).toMatchObject({ phase: "completed" });
        },
      },
      "zoom.invite_to_live_meeting": {
        in: "bridge",
        step: "call",
        told: { kind: "participants.invited", title: "Called 2 into the meeting: 2 accepted" },
        isTrue: async () => {
          const there = await stays(bridge);
          expect(there).toContainEqual(expect.objectContaining({ email: "host4@example.com" }));
          expect(there).toContainEqual(expect.objectContaining({ name: "Dee Park", by_phone: true }));
        },
      },
      "zoom.get_attendance": {
        in: "bridge",
        step: "so_far",
        told: {
          kind: "step.completed",
          title: "5 people have come to the call so far",
          detail: /Cy Okafor/,
        },
        isTrue: async () => {
          expect(await outputsOf("bridge", "attendance")).toMatchObject({
            live: false,
            count: (await stays(bridge)).length,
            missing: ["cy@example.com"],
          });
          expect(life.filter(({ kind }) => kind === "attendance.ready")).toHaveLength(2);
        },
      },
      "zoom.remove_participants": {
        in: "bridge",
        step: "put_off",
        told: {
          kind: "participants.removed",
          title: "Took 1 off the meeting",
          detail: "Off the call: Mallory.",
        },
        isTrue: async () => {
          const leftAt = async (name: string) =>
            (await stays(bridge)).find((stay) => stay.name === name)?.left_at ?? "";
          expect((await leftAt(mallory.name)) < (await leftAt(people.ana.name))).toBe(true);
        },
      },
      "zoom.end_meeting": {
        in: "bridge",
        step: "end",
        told: { kind: "step.completed", title: /^Ended the call \d+$/ },
        isTrue: async () => {
          const { id, sessions } = await bridge();
          expect(sessions).toMatchObject([{ ended_at: expect.stringMatching(/Z$/) }]);
          expect(await asked("PUT", new RegExp(`/meetings/${id}/status$`))).toEqual([204]);
        },
      },
      "zoom.get_recordings": {
        in: "bridge",
        step: "recordings",
        told: { kind: "recording.ready", title: /^Recording is ready: \d files$/ },
        orByMeeting: true,
        isTrue: async () => {
          const { files } = await outputsOf("bridge", "recordings");
          expect(files).toHaveLength((await recording())?.files.length ?? 0);
        },
      },
      "zoom.get_transcript": {
        in: "bridge",
        step: "transcript",
        told: { kind: "step.completed", title: "Fetched the transcript: 2 lines" },
        isTrue: async () =>
          expect((await outputsOf("bridge", "transcript"))["text"]).toContain("I roll the last release back"),
      },
      "zoom.get_meeting_summary": {
        in: "bridge",
        step: "summary",
        told: { kind: "summary.ready", title: "Zoom's summary of the call", detail: /The last release/ },
        isTrue: async () =>
          expect(await outputsOf("bridge", "summary")).toMatchObject({ status: "ready", reason: null }),
      },
      "zoom.share_recordings": {
        in: "bridge",
        step: "share",
        told: { kind: "recording.shared", title: "The recording is shared within the account" },
        isTrue: async () => {
          expect(await asked("PATCH", /\/recordings\/settings$/)).toEqual([204]);
          expect(await outputsOf("bridge", "share")).toMatchObject({ status: "shared" });
        },
      },
      "zoom.archive_recordings": {
        in: "bridge",
        step: "archive",
        told: { kind: "recording.archived", title: /^Archived the recording: 3 files/ },
        isTrue: async () => {
          const { files } = await outputsOf("bridge", "archive");
          for (const { key, bytes } of files as { key: string; bytes: number }[])
            expect((await stat(join(stage.outside.folder, "archive", key))).size).toBe(bytes);
        },
      },
      "zoom.delete_recordings": {
        in: "bridge",
        step: "forget",
        told: { kind: "recording.deleted", title: /^Moved the recording to Zoom's trash: 3 files/ },
        isTrue: async () => expect(await recording()).toMatchObject({ trashed: true }),
      },
      "zoom.delete_meeting": {
        in: "bridge",
        step: "gone",
        told: { kind: "step.completed", title: /^Deleted meeting \d+$/ },
        isTrue: async () => expect((await bridge()).deleted).toBe(true),
      },
      "zoom.create_webinar": {
        in: "briefing",
        step: "briefing",
        told: { kind: "meeting.scheduled", title: /^Webinar scheduled: life briefing, / },
        isTrue: async () => {
          const { incident } = await stage.api.incident("life");
          expect(incident.custom_fields["briefing_url"]).toMatch(/\/register\//);
          expect((await webinar()).host_email).toMatch(/^host[12]@/);
        },
      },
      "zoom.update_webinar": {
        in: "briefing",
        step: "longer",
        told: { kind: "meeting.updated", title: /lasts 60 minutes; practice_session is false$/ },
        isTrue: async () =>
          expect(await webinar()).toMatchObject({
            topic: "life briefing, one hour",
            duration: 60,
            settings: { practice_session: false },
          }),
      },
      "zoom.add_panelists": {
        in: "briefing",
        step: "speakers",
        told: { kind: "participants.added", title: "Added 3 panelists to the webinar", detail: /Dee Park/ },
        isTrue: async () =>
          expect(emails((await webinar()).panelists)).toEqual([
            "ana@example.com",
            "bo@example.com",
            "cy@example.com",
          ]),
      },
      "zoom.end_webinar": {
        in: "briefing",
        step: "end",
        told: { kind: "step.completed", title: /^Ended webinar \d+$/ },
        isTrue: async () =>
          expect((await webinar()).sessions).toMatchObject([{ ended_at: expect.stringMatching(/Z$/) }]),
      },
      "zoom.delete_webinar": {
        in: "briefing",
        step: "gone",
        told: { kind: "step.completed", title: /^Deleted webinar \d+$/ },
        isTrue: async () => expect((await webinar()).deleted).toBe(true),
      },
      "zoom.schedule_recurring_meeting": {
        in: "series",
        step: "series",
        told: { kind: "meeting.scheduled", title: /^Scheduled: life series, weekly, 4 times from / },
        isTrue: async () => {
          const { id } = await meetingOf(stage, runs.series, "series");
          const { occurrences } = await getMeeting(stage.administrator, String(id));
          const [first, second, third, fourth] = occurrences;
          expect([first, second, third, fourth].map((each) => each?.durationMinutes)).toMatchObject([
            60, 90, 60, 60,
          ]);
          expect(occurrences.map(({ isCancelled }) => isCancelled)).toEqual([false, false, true, false]);
          const status = await meetingOf(stage, runs.series, "status");
          await until("the end of the status calls", async () => {
            const { deleted } = await meetingOf(stage, runs.series, "status");
            return deleted || undefined;
          });
          expect(status.topic).toBe("life status");
        },
      },
      "zoom.schedule_follow_up": {
        in: "review",
        step: "review",
        told: {
          kind: "meeting.scheduled",
          title: /^Follow-up scheduled: life review, .*\(Europe\/Berlin\)$/,
        },
        isTrue: async () => {
          const review = await meetingOf(stage, runs.review, "review");
          expect(emails(review.settings["meeting_invitees"])).toEqual(
            expect.arrayContaining(["ana@example.com", "bo@example.com", "cy@example.com"]),
          );
          const mails = await stage.outside.mail.mails();
          const invitation = mails.find(({ subject }) => subject?.startsWith("Review of life"));
          expect(invitation?.text).toContain((await outputsOf("review", "review"))["ics_url"]);
        },
      },
    };

    test.each([...catalogue.keys()])("%s has its result on the timeline, and it is true", async (action) => {
      const proof = proofs[action];
      if (!proof) throw new Error(`no runbook runs ${action} here: add a step, and what proves it`);
      const { told, step, orByMeeting, isTrue } = proof;
      const isOfStep = ({ source }: RecordedEvent) =>
        (source.type === "execution" && source.execution_id === runs[proof.in] && source.step === step) ||
        (orByMeeting === true && source.type === "meeting");
      const events = life.filter((event) => event.kind === told.kind && isOfStep(event));
      expect(events).toHaveLength(1);
      expect(events[0]?.title).toMatch(told.title);
      if (told.detail !== undefined) expect(events[0]?.detail).toMatch(told.detail);
      await isTrue();
    });

    test("the runs ended well, with nothing failed, tried again or differing", async () => {
      const { executions } = await stage.api.incident("life");
      expect(executions.map(({ state }) => state)).toEqual(Array(4).fill("completed"));
      const wrong = life.filter(({ kind }) =>
        /failed|retrying|parked|differ|skipped|timed_out|fallback/.test(kind),
      );
      expect(wrong).toEqual([]);
      expect(life.map(({ seq }) => seq)).toEqual(life.map((_event, index) => index + 1));
    });

    test("who approved is on the timeline", () => {
      const approvals = life.filter(({ kind }) => kind === "runbook.resumed");
      expect(approvals.map(({ title }) => title)).toEqual(
        Array(2).fill(expect.stringMatching(/^Approved by admin/)),
      );
    });
  });

  describe("bad input ends in a typed outcome that says what to do", () => {
    const runs = new Map<BadInput, string>();

    beforeAll(async () => {
      const { owner, custom_fields: _none, ...more } = fields;
      const long = { ...more, ...tooLong, owner };
      await declared(stage, "bad", await stage.file("bad.json", JSON.stringify(long)));
      await inTurns(badInputs, 3, async (each) => {
        const inputs = (each.inputs ?? []).flatMap((input) => ["--input", input]);
        runs.set(each, await executed(stage, "bad", each.key, ...inputs));
      });
    }, 120_000);

    test.each(badInputs)("$what: $ending", async (row) => {
      const id = runs.get(row) ?? "";
      const world = { ...stage, incident: "bad", run: id };
      await row.play?.(world);
      const { code, out } = await stage.cli.run("--json", "execution", "show", id, "--wait");
      const { execution } = JSON.parse(out) as { execution: { state: string } };
      expect({ code, state: execution.state }).toEqual({
        code: row.state === "completed" ? 0 : 1,
        state: row.state,
      });
      const { events } = await stage.api.timeline("bad", { limit: 1000 });
      const ofRun = events.filter(({ source }) => source.type === "execution" && source.execution_id === id);
      for (const told of row.told) {
        const found = ofRun.find(
          ({ kind, source }) =>
            kind === told.kind && source.type === "execution" && source.step === told.step,
        );
        expect(found).toMatchObject({ data: told.data ?? expect.anything() });
        for (const words of told.says) expect(`${found?.title}\n${found?.detail}`).toMatch(words);
      }
      const wentOn = ofRun.some(({ kind, title }) => kind === "note" && title === "It went on");
      expect(wentOn).toBe(row.state === "completed");

      if (!row.mend) return;
      await row.mend.first?.(world);
      await stage.cli.done("execution", row.mend.command, id);
      await until(`the end of ${id}`, async () => {
        const { execution: mended } = await stage.api.execution(id);
        return mended.state === "completed" || undefined;
      });
      await row.mend.isTrue?.(world);
    });

    test("what can be seen beforehand is refused when the runbook is applied", async () => {
      const literal = badRunbook({
        key: "literal",
        steps: `
  - { id: bridge, action: zoom.create_meeting, input: { topic: ${"x".repeat(201)}, agenda: ${"y".repeat(2001)} } }
  - { id: series, action: zoom.schedule_recurring_meeting, input: { topic: a, repeat: monthly, monthly_day: 32 } }`,
      });
      const { code, err } = await stage.cli.run(
        "runbook",
        "apply",
        await stage.file("literal.yaml", literal),
      );
      expect(code).toBe(3);
      expect(err).toMatch(/steps\[0\]\.input\.topic +is too long: at most 200 characters/);
      expect(err).toMatch(/steps\[0\]\.input\.agenda +is too long: at most 1970 characters/);
      expect(err).toMatch(/steps\[1\]\.input\.monthly_day +is too large: at most 31/);
    });
  });

  (withoutValidatingProxy === undefined ? test : test.skip)(
    `all of it went through a validating proxy, which had nothing to refuse${withoutValidatingProxy ? ` (skipped: ${withoutValidatingProxy})` : ""}`,
    async () => {
      expect(stage.proxy?.refused()).toEqual([]);
    },
  );
});
