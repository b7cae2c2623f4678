import { setTimeout as sleep } from "node:timers/promises";
import { subscribe } from "../../demo/embedded.ts";
import { listen } from "../../demo/listen.ts";
import { incident, play, shortcomings } from "../../demo/story.ts";
import type { CostByType } from "./cost.ts";
import { costByType } from "./cost.ts";
import { recordOf } from "./histories.ts";
import type { Stack } from "./stack.ts";
import { statementsSoFar } from "./statements.ts";

export type FullLife = { cost: CostByType; statements: number };

const talkMs = 1500;

/** Until visibility has all of its workflows, and their last words are written. */
const settleMs = 2000;

/** What the demo's story costs: declared, people come and go, recorded, resolved, followed up. */
export const runFullLife = async ({ url, api, client, zoom }: Stack): Promise<FullLife> => {
  await subscribe(zoom.url, `${url}/webhooks/zoom`);
  const stop = new AbortController();
  const before = statementsSoFar();
  try {
    await api.declareIncident(incident);
    const heard = listen(api, incident.id, stop.signal, () => undefined);
    await play(api, zoom.control, incident.id, heard, talkMs);
    const wrong = shortcomings(heard.events);
    if (wrong.length > 0) throw new Error(`The full life is not as it should be: ${wrong.join("; ")}`);
  } finally {
    stop.abort();
  }
  await sleep(settleMs);
  const statements = statementsSoFar() - before;
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `IncidentId="${incident.id}"` }))
    ids.push(workflowId);
  const recorded = await Promise.all(ids.toSorted().map((id) => recordOf(client, id)));
  return { cost: costByType(recorded), statements };
};
