/** An instant for people to read, to the minute: `2026-11-25 15:20 UTC`. */
export const instantText = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
