import type { Meeting } from "../zoom/meetings.ts";
import { refusal } from "./refusal.ts";

/** What Zoom changes of one date of a series; it passes over everything else without a word. */
const ofOccurrences: ReadonlySet<string> = new Set([
  "agenda",
  "start_time",
  "start_offset",
  "duration_minutes",
  "settings.host_video",
  "settings.participant_video",
  "settings.join_before_host",
  "settings.mute_upon_entry",
  "settings.waiting_room",
  "settings.watermark",
  "settings.auto_recording",
]);

type Change = { meeting_id: string; occurrence_id?: string | undefined; settings: object };

/** Refuses to change of one occurrence what only the whole series has. */
export const requirePossible = ({ meeting_id: _id, occurrence_id, settings, ...fields }: Change): void => {
  if (occurrence_id === undefined) return;
  const named = [...Object.keys(fields), ...Object.keys(settings).map((name) => `settings.${name}`)];
  const field = named.find((each) => !ofOccurrences.has(each));
  if (field === undefined) return;
  throw refusal("invalid_input", `Zoom changes ${field} of a whole series only, not of one occurrence.`, {
    field,
    advice: "Leave occurrence_id out to change the series, or leave the field out.",
  });
};

const times = ["start_time", "start_offset", "duration_minutes"];

/** Refuses times for a meeting that has none (type 3), where Zoom would pass over them. */
export const requireTimes = ({ type, id }: Meeting, given: object): void => {
  const field = times.find((each) => Object.hasOwn(given, each));
  if (type !== 3 || field === undefined) return;
  throw refusal(
    "invalid_input",
    `Meeting ${id} recurs without fixed times, so it has no ${field} to change.`,
    {
      field,
      advice: "Leave the field out, or schedule another meeting.",
    },
  );
};

export const requireOccurrence = (meeting: Meeting, occurrenceId: string): void => {
  const { occurrences, id } = meeting;
  if (occurrences.some((each) => each.id === occurrenceId && !each.isCancelled)) return;
  const next = occurrences
    .filter(({ isCancelled }) => !isCancelled)
    .slice(0, 3)
    .map((each) => `${each.id} (${each.startTime})`);
  throw refusal("not_found", `Meeting ${id} has no occurrence ${occurrenceId} to come.`, {
    field: "occurrence_id",
    advice:
      next.length > 0
        ? `The next ones are ${next.join(", ")}: name one of them, or skip the step.`
        : "It has none at all: it does not recur at fixed times. Leave occurrence_id out.",
  });
};
