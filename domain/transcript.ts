/** What was said, from a transcript in WebVTT: one line for each turn, `Ana: …`. */
export const spokenText = (vtt: string): string => {
  const turns: { speaker: string; words: string[] }[] = [];
  for (const line of spokenLines(vtt)) {
    const [, speaker = "", words = line] = /^([^:]{1,80}): (.*)$/.exec(line) ?? [];
    const last = turns.at(-1);
    if (last && (speaker === "" || last.speaker === speaker)) last.words.push(words);
    else turns.push({ speaker, words: [words] });
  }
  return turns
    .map(({ speaker, words }) => `${speaker === "" ? "" : `${speaker}: `}${words.join(" ")}`)
    .join("\n");
};

/** The text of the cues: what follows a line of times, up to an empty one. */
const spokenLines = (vtt: string): string[] =>
  vtt
    .split(/\r?\n\r?\n+/)
    .flatMap((block) => {
      const lines = block.split(/\r?\n/);
      const times = lines.findIndex((line) => line.includes("-->"));
      return times < 0 ? [] : lines.slice(times + 1);
    })
    .map((line) => line.replaceAll(/<[^>]{0,200}>/g, "").trim())
    .filter((line) => line !== "");

/** At most so many characters, ended at a line's or a word's end, with a mark where something is missing. */
export const bounded = (text: string, maxCharacters: number): string => {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(0, maxCharacters - 2);
  return `${cut.slice(0, Math.max(cut.search(/\s\S*$/), maxCharacters - 200))} …`;
};
