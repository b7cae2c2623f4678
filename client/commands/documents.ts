import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Io } from "../output.ts";
import { ExitError, exitCodes } from "../output.ts";

/** A file's text; `-` is the standard input. */
export const readText = async (io: Io, file: string): Promise<string> => {
  if (file === "-") return io.readInput();
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new ExitError(exitCodes.usage, `${file}: ${why}`);
  });
};

/** The fields in a YAML or JSON file. */
export const readFields = async (io: Io, file: string): Promise<Record<string, unknown>> => {
  const text = await readText(io, file);
  const value = parsed(file, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ExitError(exitCodes.invalidInput, `${file}: needs fields with values`);
};

const parsed = (file: string, text: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 50 });
  } catch (error) {
    throw new ExitError(exitCodes.invalidInput, `${file}: ${(error as Error).message}`);
  }
};

/** `name=value` as an option gives it. */
export const pair = (given: string): [string, string] => {
  const at = given.indexOf("=");
  if (at < 1) throw new ExitError(exitCodes.usage, `"${given}" is no name=value`);
  return [given.slice(0, at), given.slice(at + 1)];
};

/** A value as JSON if it is some, else as the text it is. */
export const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const gathered = (value: string, before: string[] = []): string[] => [...before, value];
