import type { Catalogue } from "../domain/catalogue.ts";
import type { FailureFact } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";

/** What tools of this kind are known to say, and the action of ours whose scopes it is about. */
const saidElsewhere = [
  ["Insufficient privileges", "zoom.create_meeting", "missing_scope"],
  ["Cannot end meeting", "zoom.end_meeting", "missing_scope"],
  ["Recording access denied", "zoom.get_recordings", "missing_scope"],
  ["User not found", "zoom.set_alternative_hosts", "not_found"],
] as const;

const preamble = `<!-- Made by \`npm run docs\` from domain/failures.ts; do not edit. -->

# Failures

A step that fails says what happened, to what, and what to do next: on the timeline, in the run's state (\`GET /api/executions/:id\`,
\`zoom-runbooks execution show\`), in Temporal's UI, and here. Its \`code\` is one of these. What may pass by itself is tried
again, as long as the step's policy says; the rest parks the run, unless the step has another \`on_failure\`.
`;

const row = ([code, { title, retryable, advice }]: [string, FailureFact]): string =>
  `| \`${code}\` | ${title} | ${retryable ? "yes" : "no"} | ${advice} |`;

const scopesOf = (catalogue: Catalogue, action: string): string => {
  const groups = catalogue.get(action)?.scopes ?? [];
  return groups.map((anyOf) => anyOf.map((scope) => `\`${scope}\``).join(" or ")).join("; and ");
};

/** \`docs/failures.md\`. */
export const failuresPage = (catalogue: Catalogue): string =>
  [
    preamble,
    "| code | what happened | tried again | what to do |",
    "| --- | --- | --- | --- |",
    ...Object.entries(failures).map(row),
    "",
    "## Missing rights, as they are said elsewhere",
    "",
    "The failure itself names the scope that Zoom asked for. What other tools and Zoom's own texts say, and the scopes behind it:",
    "",
    "| said | here | of the action | any one of each group |",
    "| --- | --- | --- | --- |",
    ...saidElsewhere.map(
      ([said, action, code]) =>
        `| “${said}” | \`${code}\` | \`${action}\` | ${scopesOf(catalogue, action)} |`,
    ),
    "",
    "`zoom-runbooks connector test` tells for a whole account which actions lack which scope or licence, before a run needs them; so does",
    "linting a runbook. Add scopes to the app in Zoom's Marketplace; an app that people sign in to then wants a new sign-in.",
    "",
  ].join("\n");
