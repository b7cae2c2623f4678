/** One thing that happened to an incident. */
export type TimelineEvent = {
  /**
   * Made by whoever reports it, unique within the incident: what is reported twice is recorded once.
   * `<workflow id>/<step>/<kind>`, or Zoom's own identity of an event.
   */
  id: string;
  kind: TimelineKind;
  /** When it happened, ISO 8601 in UTC; not when we heard of it. */
  at: string;
  /** One line that says what happened, to what. */
  title: string;
  /** A sentence or a few, when the title is not enough: why, and what to do next. */
  detail?: string;
  /** Facts for machines and for tables. Never a secret, a host link, an IP address. */
  data?: Record<string, unknown>;
  links?: TimelineLink[];
  source: TimelineSource;
};

type TimelineLink = { title: string; url: string };

type TimelineSource =
  | { type: "api" }
  | { type: "execution"; execution_id: string; runbook: string; step?: string }
  | { type: "meeting"; meeting_id: string };

/** An event with its place in the incident's timeline: sequence numbers start at 1 and have no gaps. */
export type RecordedEvent = TimelineEvent & { seq: number; incident_id: string };

export const timelineKinds = [
  "incident.declared",
  "incident.updated",
  "incident.resolved",
  "incident.reopened",
  "runbook.started",
  "runbook.not_started",
  "runbook.waiting",
  "runbook.parked",
  "runbook.resumed",
  "runbook.completed",
  "runbook.failed",
  "runbook.cancelled",
  "step.completed",
  "step.retrying",
  "step.failed",
  "step.skipped",
  "step.timed_out",
  "bridge.ready",
  "bridge.fallback",
  "participants.added",
  "participants.removed",
  "participants.invited",
  "meeting.scheduled",
  "meeting.updated",
  "meeting.moved",
  "meeting.cancelled",
  "meeting.reminder",
  "meeting.settings_differ",
  "meeting.started",
  "meeting.first_responder",
  "meeting.all_responders",
  "meeting.responders_missing",
  "meeting.waiting_room",
  "meeting.ended",
  "meeting.deleted",
  "attendance.ready",
  "recording.started",
  "recording.paused",
  "recording.resumed",
  "recording.stopped",
  "recording.ready",
  "recording.none",
  "recording.shared",
  "recording.archived",
  "recording.deleted",
  "transcript.ready",
  "summary.ready",
  "notification.sent",
  "note",
] as const;

export type TimelineKind = (typeof timelineKinds)[number];
