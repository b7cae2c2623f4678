type Settings = {
  url: string;
  apiKey: string | undefined;
  /** Of a connector that is to be added. */
  clientSecret?: string | undefined;
  webhookSecretTokens?: string[];
};

/** Where a command writes to, and what it was given: a terminal, or a test. */
export type Io = {
  out: (text: string) => void;
  err: (text: string) => void;
  /** Colours only where a person looks. */
  hasColors: boolean;
  settings: () => Settings;
  readInput: () => Promise<string>;
  /** Ends what would go on for ever. */
  signal: AbortSignal;
};

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  invalidInput: 3,
  notFound: 4,
  notAllowed: 5,
  unreachable: 6,
} as const;

/** Ends a command with an exit code of its own, after it has said why. */
export class ExitError extends Error {
  override name = "ExitError" as const;
  readonly exitCode: number;

  constructor(exitCode: number, message = "") {
    super(message);
    this.exitCode = exitCode;
  }
}

const hues = { red: 31, green: 32, yellow: 33, cyan: 36, grey: 90, bold: 1 } as const;

export type Hue = keyof typeof hues;

export const painted = (io: Io, text: string, hue: Hue | undefined): string =>
  io.hasColors && hue ? `\u001b[${hues[hue]}m${text}\u001b[0m` : text;

/** Control characters, and those that turn the direction of writing. */
const steering = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** Titles come from outside, people's names too: what steers a terminal is taken out. */
export const plain = (text: string): string => text.replaceAll(steering, " ");

const stateHues: Record<string, Hue> = {
  completed: "green",
  resolved: "green",
  failed: "red",
  error: "red",
  parked: "yellow",
  warning: "yellow",
  advice: "cyan",
  waiting: "yellow",
  skipped: "grey",
  cancelled: "grey",
  pending: "grey",
};

export type Cell = string | { text: string; hue?: Hue | undefined };

export const stateCell = (state: string): Cell => ({ text: state, hue: stateHues[state] });

const textOf = (cell: Cell): string => plain(typeof cell === "string" ? cell : cell.text);

/** Rows in columns; the last column is not padded. */
export const table = (io: Io, rows: Cell[][]): string => {
  const widths = rows.reduce<number[]>(
    (so, row) => row.map((cell, index) => Math.max(so[index] ?? 0, textOf(cell).length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => {
          const padding =
            index === row.length - 1 ? "" : " ".repeat((widths[index] ?? 0) - textOf(cell).length);
          return painted(io, textOf(cell), typeof cell === "string" ? undefined : cell.hue) + padding;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

export const timeText = (iso: string): string => iso.slice(0, 19).replace("T", " ");

export const writeJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, null, 2)}\n`);

export const writeLine = (io: Io, text = ""): void => io.out(`${text}\n`);
