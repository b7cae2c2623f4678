import type { Exchange } from "../../../simulator/tap.ts";
import { isKnown } from "./deviations.ts";
import type { DocumentedAnswer, DocumentedError, DocumentedOperation } from "./documents.ts";
import { documents } from "./documents.ts";
import type { Match } from "./operations.ts";
import { operationOf } from "./operations.ts";
import { faultsOf } from "./schemas.ts";

/**
 * What Zoom's document says against a request and its answer, each as "METHOD /path: what". A request that was refused
 * may be as wrong as it likes; one that was served, or met a fault, may not.
 */
export function judgeExchange(exchange: Exchange): string[] {
  const match = operationOf(exchange.method, exchange.path);
  const where = match?.name ?? `${exchange.method} ${exchange.path}`;
  return judged(match, exchange)
    .map((fault) => `${where}: ${fault}`)
    .filter((violation) => !isKnown(violation));
}

/** The same of a webhook, by its event. */
export function judgeWebhook(body: string): string[] {
  const parsed = JSON.parse(body) as { event: string };
  const content = documents?.webhooks.webhooks[parsed.event]?.post.requestBody.content;
  const schema = content?.["application/json"]?.schema;
  const faults = schema ? faultsOf("heard", schema, parsed) : ["is no event of the document"];
  return faults
    .map((fault) => `webhook ${parsed.event}: ${fault}`)
    .filter((violation) => !isKnown(violation));
}

/** What it says against a request alone, whatever is answered. */
export function judgeRequest(request: Pick<Exchange, "method" | "path" | "query" | "requestBody">): string[] {
  return judgeExchange({ ...request, status: null, responseBody: "", fault: "unanswered" });
}

function judged(match: Match | undefined, exchange: Exchange): string[] {
  const { status, fault } = exchange;
  if (match === undefined) return status === 404 ? [] : ["is no operation of the document"];
  const wasServed = status !== null && status < 300;
  return [
    ...(wasServed || fault ? requestFaults(match, exchange) : []),
    ...(status === null || fault ? [] : answerFaults(match.operation, status, exchange.responseBody)),
  ];
}

function requestFaults({ operation, params }: Match, { query, requestBody }: Exchange): string[] {
  return [
    ...parameterFaults(operation, "path", params),
    ...parameterFaults(operation, "query", query),
    ...bodyFaults(operation, requestBody),
  ];
}

function parameterFaults(
  { parameters = [] }: DocumentedOperation,
  place: "path" | "query",
  given: Record<string, string>,
): string[] {
  const known = parameters.filter((parameter) => parameter.in === place);
  const unknown = Object.keys(given).filter((name) => !known.some((parameter) => parameter.name === name));
  const wrong = known.flatMap(({ name, required, schema }) => {
    const text = given[name];
    if (text === undefined) return required ? [`${place} ${name} is missing`] : [];
    const value = schema["type"] === "array" ? text.split(",") : text;
    return faultsOf("inUrls", schema, value).map((fault) => `${place} ${name}${fault}`);
  });
  return [...unknown.map((name) => `${place} ${name} is not in the document`), ...wrong];
}

function bodyFaults({ requestBody }: DocumentedOperation, text: string): string[] {
  const schema = requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return text === "" || text === "{}" ? [] : ["request has a body"];
  return faultsOf("said", schema, text === "" ? {} : JSON.parse(text)).map((fault) => `request ${fault}`);
}

function answerFaults({ responses }: DocumentedOperation, status: number, text: string): string[] {
  const answer = responses[status];
  if (status >= 400) return errorFaults(answer, status, text);
  if (answer === undefined) return [`answer ${status} is not in the document`];
  const schema = answer.content?.["application/json"]?.schema;
  if (schema === undefined) return text === "" ? [] : [`answer ${status} has a body`];
  if (text === "") return [`answer ${status} has no body`];
  return faultsOf("heard", schema, JSON.parse(text)).map((fault) => `answer ${status} ${fault}`);
}

/** What any operation may answer: Zoom's guides name these, not each operation. */
const everywhere: (DocumentedError & { status: number })[] = [
  { status: 401, code: 124, message: "Invalid access token." },
  { status: 401, code: 124, message: "Access token is expired." },
  { status: 400, code: 4711, message: "Invalid access token, does not contain scopes:{scopes}." },
  { status: 400, code: 300, message: "Validation Failed." },
  { status: 400, code: 300, message: "Invalid meeting ID." },
  { status: 400, code: 300, message: "The next page token is invalid or expired." },
  { status: 400, code: 300, message: "Request Body should be a valid JSON object." },
  { status: 429, code: 429, message: "{any}" },
];

function errorFaults(answer: DocumentedAnswer | undefined, status: number, text: string): string[] {
  const schema = documents?.openapi.components.schemas["ZoomError"];
  const given = JSON.parse(text === "" ? "null" : text) as DocumentedError;
  const faults = schema ? faultsOf("heard", schema, given) : [];
  if (faults.length > 0) return faults.map((fault) => `answer ${status} ${fault}`);
  const listed = [
    ...(answer?.["x-zoom-errors"] ?? []),
    ...everywhere.filter((each) => each.status === status),
  ].filter(({ code }) => code === given.code);
  if (listed.length === 0) return [`error ${status}/${given.code} is not in the document (${given.message})`];
  return listed.some(({ message }) => says(message, given.message))
    ? []
    : [`error ${status}/${given.code} does not say "${given.message}"`];
}

/** Placeholders stand for anything, and a starred list for any one of its sentences. */
function says(documented: string, given: string): boolean {
  return documented.split(/(?:^|\s)\* /).some((sentence) => {
    const parts = sentence.trim().split(/\{\w+\}|\$\w+/);
    const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+");
    return sentence !== "" && new RegExp(`^${pattern.replace(/\\\.$/, "")}\\.?$`).test(given);
  });
}
