import type { SessionRecording } from "./recordings.ts";
import { isTranscript, noRecordingReasons, setsOf } from "./recordings.ts";
import type { TimelineEvent } from "./timeline.ts";

type Draft = Required<Pick<TimelineEvent, "id" | "kind" | "title" | "data">> &
  Pick<TimelineEvent, "detail" | "links">;

/**
 * What a look at a session's recordings says on the timeline. The ids are made of Zoom's identities and of what is
 * there, so that a step and the meeting's own following may both report it and it is recorded once.
 */
export const recordingEvents = (meetingId: string, session: SessionRecording): Draft[] => {
  switch (session.state) {
    case "ready":
      return [ready(meetingId, session), ...transcript(meetingId, session)];
    case "none":
      return [none(meetingId, session)];
    case "refused":
      return [refused(meetingId, session)];
    case "processing":
    case "awaited":
      return [];
  }
};

const idOf = (meetingId: string, { uuid }: SessionRecording, what: string): string =>
  `meeting-${meetingId}/${uuid}/${what}`;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const ready = (meetingId: string, session: SessionRecording): Draft => {
  const { uuid, files, unfinished, shareUrl, passcode } = session;
  const sets = setsOf(files);
  const watched = files.filter((file) => !isTranscript(file));
  const parts = sets > 1 ? ` in ${sets} parts` : "";
  const detail = [
    passcode && `Passcode ${passcode}`,
    unfinished > 0 && `Zoom did not finish ${plural(unfinished, "file")} more.`,
  ].filter(Boolean);
  return {
    // A part that turns up later is news; the same parts seen twice are not.
    id: idOf(meetingId, session, sets > 1 ? `recording.ready/${sets}` : "recording.ready"),
    kind: "recording.ready",
    title: `Recording is ready: ${plural(watched.length, "file")}${parts}`,
    ...(detail.length > 0 && { detail: detail.join(". ") }),
    data: {
      meeting_id: meetingId,
      uuid,
      sets,
      files: watched.map(({ type, bytes }) => ({ type, bytes })),
    },
    ...linksOf("Watch the recording", shareUrl),
  };
};

const transcript = (meetingId: string, session: SessionRecording): Draft[] => {
  if (session.transcript !== "ready") return [];
  const { uuid, shareUrl, passcode } = session;
  return [
    {
      id: idOf(meetingId, session, "transcript.ready"),
      kind: "transcript.ready",
      title: "Transcript is ready",
      ...(passcode && { detail: `It stands beside the recording. Passcode ${passcode}` }),
      data: { meeting_id: meetingId, uuid },
      ...linksOf("Read the transcript beside the recording", shareUrl),
    },
  ];
};

const none = (meetingId: string, session: SessionRecording): Draft => {
  const reason = session.reason ?? "unknown";
  const { title, detail } = noRecordingReasons[reason];
  return {
    id: idOf(meetingId, session, "recording.none"),
    kind: "recording.none",
    title: `There is no recording: ${title}`,
    detail,
    data: { meeting_id: meetingId, uuid: session.uuid, reason },
  };
};

const refused = (meetingId: string, session: SessionRecording): Draft => ({
  id: idOf(meetingId, session, "recording.none/refused"),
  kind: "recording.none",
  title: "Cannot see whether there is a recording",
  ...(session.failure && { detail: `${session.failure.message} ${session.failure.advice}` }),
  data: { meeting_id: meetingId, uuid: session.uuid, code: session.failure?.code },
});

const linksOf = (title: string, url: string | undefined) => (url ? { links: [{ title, url }] } : {});
