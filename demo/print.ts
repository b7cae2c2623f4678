import type { RecordedEvent, TimelineKind } from "../domain/timeline.ts";

const colours = process.stdout.isTTY === true;
const paint = (code: number, text: string): string => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);

export const bold = (text: string): string => paint(1, text);
const dim = (text: string): string => paint(2, text);

const icons: Partial<Record<TimelineKind, string>> = {
  "incident.declared": "🔥",
  "incident.resolved": "✅",
  "bridge.ready": "📞",
  "meeting.started": "🟢",
  "meeting.ended": "⏹ ",
  "attendance.ready": "👥",
  "recording.ready": "🎬",
  "meeting.scheduled": "📅",
  "meeting.cancelled": "🚫",
  "incident.reopened": "🔥",
  "runbook.started": "▶ ",
  "runbook.waiting": "⏳",
  "runbook.completed": "🏁",
  "runbook.parked": "✋",
  "step.retrying": "🔁",
  "step.failed": "❌",
};

/** One event of a timeline, as a line or a few. */
export const printEvent = ({ seq, at, kind, title, detail, links = [] }: RecordedEvent): void => {
  const time = dim(at.slice(11, 19));
  console.log(`${String(seq).padStart(3)} ${time} ${icons[kind] ?? "• "} ${bold(title)}`);
  for (const line of detail?.split("\n") ?? []) console.log(`                 ${dim(line)}`);
  for (const { title: name, url } of links) console.log(`                 ${name}: ${url}`);
};

/** What happens beside the timeline; on stderr, so that the timeline alone can be piped on. */
export const say = (text: string): void => console.error(dim(`· ${text}`));
