import type { SideName } from "./options.ts";
import type { Lap } from "./marks.ts";

/** One of those that are compared. */
export type Side = {
  name: SideName;
  title: string;
  /** Runs the bridge part of one incident. */
  lap(id: string): Promise<Lap>;
  /** Throws when what the incident came to is not what it should be. */
  check(id: string): Promise<void>;
  /** Its workflows, what was started first coming first. */
  workflowsOf(id: string): Promise<string[]>;
};

/** What every side is given. */
export const benchIncident = (id: string) => ({
  id,
  short_id: id.toUpperCase(),
  title: "Checkout is down",
  severity: "SEV1",
  service: "checkout",
  environment: "production",
  summary: "Payments fail with HTTP 502 since 02:58 UTC.",
  owner: { name: "Ana Ruiz", email: "ana@example.com" },
  responders: [
    { name: "Bo Lind", email: "bo@example.com" },
    { name: "Cy Okafor", email: "cy@example.com" },
  ],
});

export type BenchIncident = ReturnType<typeof benchIncident>;
