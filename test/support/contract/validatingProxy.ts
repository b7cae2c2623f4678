import { fileURLToPath } from "node:url";
import { zoomDocuments } from "../../../setup/prism.mjs";
import { startTethered } from "../../../setup/programs.mjs";
import { preparedPrograms } from "../../../setup/temporalCli.mjs";
import { freePort } from "../temporalServer.mjs";
import { until } from "../until.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const prism = preparedPrograms(root)["prism"];
const documents = zoomDocuments(root);

/** Why nothing can stand between the product and Zoom here; undefined when it can. */
export const withoutValidatingProxy: string | undefined = whyNot();

function whyNot(): string | undefined {
  if (!documents) return "ZOOM_SPECS names no folder with openapi.json and webhooks.json";
  return prism ? undefined : "no Prism; node setup/prepare.mjs prism fetches it";
}

/**
 * Prism before Zoom's API: it answers 422 to a request, and 500 in the place of an answer, that Zoom's document does not
 * allow. It ends when this process ends. Look at `withoutValidatingProxy` first.
 */
export const startValidatingProxy = async (apiUrl: string) => {
  if (!prism || !documents) throw new Error(withoutValidatingProxy);
  const port = await freePort();
  const options = [`--port=${port}`, "--errors", "--verboseLevel=error"];
  const { output, stop } = await startTethered(prism, ["proxy", documents.openapi, apiUrl, ...options]);
  const url = `http://127.0.0.1:${port}`;
  await until("Prism that answers", async () => (await fetch(url)).status === 404 || undefined, {
    withinMs: 60_000,
    instead: async () => output(),
  });
  const isRefusal = (line: string) =>
    line.includes("Request terminated with error") && !line.includes("get / ");
  return {
    url,
    /** The last of what it refused, each as "method /path: what". */
    refused: () => output().split("\n").filter(isRefusal),
    stop,
  };
};
