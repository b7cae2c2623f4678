import { z } from "zod";

/** What can be switched about who may host, start and enter a meeting. */
export const hostingSwitchesSchema = {
  basicMinutes: z.number().min(0).nullable().optional(),
  enforceHostLimit: z.boolean().optional(),
  dashboard: z.boolean().optional(),
};

export type HostingSwitches = {
  /** When a meeting of a basic host ends by itself; null: never. */
  basicMinutes: number | null;
  /** Whether a host is held to one live meeting, two with a licence in a business account. */
  enforceHostLimit: boolean;
  /** Whether a business account has its dashboard on; other plans have none. */
  dashboard: boolean;
};

export const hostingSwitches = (): HostingSwitches => ({
  basicMinutes: 40,
  enforceHostLimit: false,
  dashboard: true,
});
