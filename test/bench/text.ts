import type { Spread } from "./statistics.ts";

export const fixed = (value: number, digits: number): string =>
  Number.isNaN(value) ? "-" : value.toFixed(digits);

export const spreadText = ({ median, lower, upper }: Spread, digits: number): string =>
  `${fixed(median, digits)} (${fixed(lower, digits)}..${fixed(upper, digits)})`;

/** The first column to the left, the others to the right. */
export const columns = (rows: readonly string[][]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? `  ${cell.padEnd(widths[0] ?? 0)}` : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
};
