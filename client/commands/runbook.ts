import { Command } from "commander";
import { parse } from "yaml";
import type { LintMark } from "../../domain/lint.ts";
import type { Json } from "../../domain/plan.ts";
import type { Io } from "../output.ts";
import { ExitError, exitCodes, plain, stateCell, table, timeText } from "../output.ts";
import type { Session } from "../session.ts";
import { gathered, pair, readText, valueOf } from "./documents.ts";
import { untilOver } from "./execution.ts";

const marksText = (io: Io, file: string, marks: LintMark[]): string =>
  table(
    io,
    marks.map(({ level, path, message, line = 1, column = 1 }) => [
      `${file}:${line}:${column}`,
      stateCell(level),
      path || "-",
      message,
    ]),
  );

const lint = async (session: Session, files: string[]): Promise<void> => {
  const found: { file: string; ok: boolean; marks: LintMark[] }[] = [];
  for (const file of files) {
    found.push({ file, ...(await session.api().lintRunbook(await readText(session.io, file))) });
  }
  session.answer(found, (all) =>
    all
      .map(({ file, marks }) =>
        marks.length === 0 ? `${file}: nothing to complain about` : marksText(session.io, file, marks),
      )
      .join("\n"),
  );
  if (found.some(({ ok }) => !ok)) throw new ExitError(exitCodes.invalidInput);
};

/** The key that the document names; what is wrong with it otherwise, the linter says. */
const keyIn = (text: string): string | undefined => {
  try {
    const key = (parse(text, { maxAliasCount: 50 }) as { key?: unknown } | null)?.key;
    return typeof key === "string" && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(key) ? key : undefined;
  } catch {
    return undefined;
  }
};

const applyOne = async (session: Session, file: string): Promise<void> => {
  const text = await readText(session.io, file);
  const key = keyIn(text);
  const { ok, marks } = await session.api().lintRunbook(text);
  if (!ok || key === undefined) {
    session.io.err(`${marksText(session.io, file, marks)}\n`);
    throw new ExitError(exitCodes.invalidInput, `${file}: not applied`);
  }
  const saved = await session.api().applyRunbook(key, text);
  session.answer({ file, ...saved }, ({ version, changed }) =>
    [
      ...(saved.marks.length > 0 ? [marksText(session.io, file, saved.marks)] : []),
      changed ? `${key}: saved as version ${version}` : `${key}: unchanged, version ${version}`,
    ].join("\n"),
  );
};

const apply = async (session: Session, files: string[]): Promise<void> => {
  for (const file of files) await applyOne(session, file);
};

type ExecuteOptions = { incident: string; input?: string[]; wait?: boolean };

/** Inputs as the runbook declares them: what is a string there stays one, all else is JSON. */
const inputsOf = async (
  session: Session,
  key: string,
  given: string[],
): Promise<{ [name: string]: Json }> => {
  if (given.length === 0) return {};
  const { runbook } = await session.api().runbook(key);
  const entries = given.map(pair).map(([name, text]): [string, Json] => {
    const isString = runbook.inputs[name]?.type === "string";
    return [name, isString ? text : (valueOf(text) as Json)];
  });
  return Object.fromEntries(entries);
};

const execute = async (session: Session, key: string, options: ExecuteOptions): Promise<void> => {
  const inputs = await inputsOf(session, key, options.input ?? []);
  const started = await session.api().executeRunbook(options.incident, key, inputs);
  if (options.wait) return untilOver(session, started.execution_id);
  session.answer(started, ({ execution_id: id, links }) =>
    [`Started ${id}`, links.workflow ?? []].flat().join("\n"),
  );
};

const list = async (session: Session): Promise<void> => {
  session.answer(await session.api().runbooks(), ({ runbooks }) =>
    runbooks.length === 0
      ? "No runbooks. Apply one: zoom-runbooks runbook apply FILE"
      : table(
          session.io,
          runbooks.map(({ runbook, version, updated_at, updated_by }) => [
            runbook.key,
            `v${version}`,
            runbook.trigger ? runbook.trigger.on.join(", ") : "by hand",
            `${timeText(updated_at)} by ${updated_by}`,
            runbook.title,
          ]),
        ),
  );
};

export const runbookCommands = (session: Session): Command => {
  const group = new Command("runbook").description("check, save and execute runbooks");
  group
    .command("lint")
    .description("check runbooks without saving them; prints file:line:col, level, path, message")
    .argument("<files...>", "YAML or JSON; - reads the standard input")
    .action((files: string[]) => lint(session, files));
  group
    .command("apply")
    .description("check and save runbooks; runs in flight keep the plan they started with")
    .argument("<files...>", "YAML or JSON; - reads the standard input")
    .action((files: string[]) => apply(session, files));
  group
    .command("list")
    .description("list runbooks")
    .action(() => list(session));
  group
    .command("show")
    .description("print a runbook as it was written")
    .argument("<key>")
    .action(async (key: string) => {
      session.answer(await session.api().runbook(key), ({ source }) => source.trimEnd());
    });
  group
    .command("execute")
    .description("execute a runbook for an incident")
    .argument("<key>")
    .requiredOption("--incident <id>", "for which incident")
    .option("--input <name=value>", "an input of the runbook; may be repeated", gathered)
    .option("--wait", "until it is over; exit code 1 unless it completes")
    .action((key: string, options: ExecuteOptions) => execute(session, key, options));
  return group;
};

export const actionsCommand = (session: Session): Command =>
  new Command("actions").description("list the actions that steps can do").action(async () => {
    session.answer(await session.api().actions(), ({ actions }) =>
      table(
        session.io,
        actions.map(({ key, effect, title, description }) => [
          key,
          effect,
          `${title}: ${plain(description)}`,
        ]),
      ),
    );
  });
