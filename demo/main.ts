import { Command, Option } from "commander";
import { createHttpClient } from "../client/http.ts";
import type { ConnectorKind } from "./connect.ts";
import { connectorKinds } from "./connect.ts";
import type { Embedded } from "./embedded.ts";
import { startEmbedded } from "./embedded.ts";
import { listen } from "./listen.ts";
import { bold, printEvent, say } from "./print.ts";
import { applyRunbooks, quickEndAfter } from "./runbooks.ts";
import { controlOf, incident, play, shortcomings } from "./story.ts";

type Options = { once: boolean; connector?: ConnectorKind };

const optionsOf = (argv: string[]): Options =>
  new Command("npm run demo --")
    .description("Plays one incident, then stays up until Ctrl-C.")
    .option(
      "--once",
      "play it on a quick clock and end: exit code 0 only if the timeline is complete and in order",
      false,
    )
    .addOption(
      new Option(
        "--connector <kind>",
        "connect the stand-in for Zoom through the API, rather than by the environment",
      ).choices(connectorKinds),
    )
    .parse(argv)
    .opts<Options>();

const showLinks = ({ url, apiKey, temporal }: Embedded, incidentId: string): void => {
  const lines = [
    [
      "Temporal's UI",
      `${temporal.uiUrl}/namespaces/default/workflows?query=${encodeURIComponent(`IncidentId="${incidentId}"`)}`,
    ],
    ["Timeline", `${url}/api/incidents/${incidentId}/timeline`],
    ["API key", apiKey],
    [
      "Command line",
      `ZOOM_RUNBOOKS_URL=${url} ZOOM_RUNBOOKS_API_KEY=${apiKey} npx zoom-runbooks incident timeline ${incidentId}`,
    ],
  ];
  console.error("");
  for (const [name, value] of lines) console.error(`${bold(`${name}`.padEnd(14))} ${value}`);
  console.error("");
};

const tellReal = (): void =>
  say(
    "a real bridge is being made: join it with the link, talk, leave; then resolve the incident. Ctrl-C ends the demo",
  );

/** Plays the incident; what is wrong with its timeline comes back. */
const demonstrate = async (embedded: Embedded, once: boolean, signal: AbortSignal): Promise<string[]> => {
  const { url, apiKey, simulatorUrl } = embedded;
  const api = createHttpClient({ url, apiKey });
  const isPlayed = simulatorUrl !== undefined;
  await applyRunbooks(api, { isQuick: isPlayed });
  if (isPlayed) say(`on a quick clock: the call ends ${quickEndAfter} after the resolution, not 15m`);
  say(`declaring: ${incident.severity} ${incident.title}`);
  const declared = await api.declareIncident(incident);
  showLinks(embedded, declared.incident.id);
  const heard = listen(api, declared.incident.id, signal, printEvent);
  if (!isPlayed) {
    tellReal();
    return [];
  }
  await play(api, controlOf(simulatorUrl), declared.incident.id, heard, once ? 1500 : 6000);
  return shortcomings(heard.events);
};

const main = async ({ once, connector }: Options): Promise<void> => {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

  const embedded = await startEmbedded(say, { connector });
  try {
    const wrong = await Promise.race([demonstrate(embedded, once, stop.signal), stopped.then(() => [])]);
    if (wrong.length > 0) {
      console.error(`\nThe timeline is not as it should be:\n  ${wrong.join("\n  ")}`);
      process.exitCode = 1;
    } else if (!stop.signal.aborted && once) say("the timeline is complete and in order");
    if (!once && !stop.signal.aborted) {
      say("everything stays up: Ctrl-C ends it");
      await stopped;
    }
  } finally {
    stop.abort();
    say("ending");
    await embedded.close();
  }
};

main(optionsOf(process.argv)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
