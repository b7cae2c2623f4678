import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { listOf, text } from "./parse.ts";
import { path } from "./paths.ts";

const mega = 1024 * 1024;
const units: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: mega,
  GB: 1024 * mega,
  TB: mega * mega,
};

/** `34.5 GB`, as bytes; a bare number too. NaN for anything else. */
const bytesOf = (size: string): number => {
  const [, amount = "", unit = "B"] = /^\s*([\d.]+)\s*([KMGT]?B)?\s*$/i.exec(size) ?? [];
  return Number.parseFloat(amount) * (units[unit.toUpperCase()] ?? Number.NaN);
};

const daySchema = z.object({ free_usage: text, plan_usage: text, usage: text }).transform((day) => ({
  limitBytes: bytesOf(day.free_usage) + bytesOf(day.plan_usage),
  usedBytes: bytesOf(day.usage),
}));

/** Cloud storage of the account on a day, as far as Zoom tells: fields that it does not are NaN. */
export const getCloudStorage = (
  zoom: ZoomClient,
  day: string,
): Promise<{ limitBytes: number; usedBytes: number } | undefined> =>
  zoom.get(path`/report/cloud_recording`, {
    operation: "getCloudStorage",
    query: { from: day, to: day },
    answer: z
      .object({ cloud_recording_storage: listOf(daySchema).catch([]) })
      .transform((given) => given.cloud_recording_storage.at(-1)),
  });
