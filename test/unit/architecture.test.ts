import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

/**
 * Who may import whom. `room?` allows types only, `room/file` one place of a room. What is not here is forbidden.
 * ARCHITECTURE.md tells the reasons.
 */
const allowed: Record<string, string[]> = {
  domain: [],
  workflows: ["domain"],
  zoom: ["domain"],
  store: ["domain"],
  archive: ["domain"],
  connectors: ["domain", "zoom", "store"],
  client: ["domain", "connectors/keys.ts"],
  outgoing: ["domain", "zoom/http.ts", "zoom/cleanText.ts"],
  activities: ["domain", "zoom", "store", "archive", "outgoing", "client/starting.ts"],
  worker: [
    "domain",
    "client/historyCodec.ts",
    "activities",
    "connectors",
    "zoom",
    "store",
    "archive",
    "outgoing",
  ],
  gateway: ["domain", "client", "connectors", "store", "zoom", "activities/actions/index.ts"],
  simulator: [],
  demo: [
    "domain",
    "client",
    "store",
    "archive",
    "connectors",
    "zoom",
    "outgoing",
    "activities",
    "worker",
    "gateway",
    "simulator",
  ],
};

/** Programs: they read the configuration and put the parts together. */
const programs = /(^|\/)(main|cli)\.ts$|^demo\//;

/** Files of the domain that workflows may run: none that brings zod into the bundle. */
const zodFree = (file: string): boolean =>
  !/^import (?!type).* from "(zod|yaml)"/m.test(readFileSync(join(root, file), "utf8"));

const root = fileURLToPath(new URL("../..", import.meta.url));

const filesOf = (room: string): string[] =>
  readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${room}/${file}`);

type Import = { target: string; typeOnly: boolean };

/** Safe with a regular expression, because `verbatimModuleSyntax` makes type imports explicit. */
const importsOf = (file: string): Import[] => {
  const source = readFileSync(join(root, file), "utf8");
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"/gms);
  return [...statements].map(([, type, specifier = ""]) => ({
    target: relative(root, normalize(join(root, dirname(file), specifier))),
    typeOnly: type !== undefined,
  }));
};

const isAllowed = (room: string, file: string, { target }: Import): boolean => {
  const [targetRoom] = target.split("/");
  if (targetRoom === room) return true;
  if (target === "config.ts") return programs.test(file);
  const rooms = allowed[room] ?? [];
  return rooms.some((each) => each === targetRoom || each === target);
};

describe("the import table", () => {
  test.each(Object.keys(allowed))("%s imports only what it may", (room) => {
    const wrong = filesOf(room).flatMap((file) =>
      importsOf(file)
        .filter((each) => !isAllowed(room, file, each))
        .map(({ target }) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("a workflow runs no file of the domain that needs zod or yaml", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      for (const { target, typeOnly } of importsOf(file)) {
        if (typeOnly || reached.has(target)) continue;
        reached.add(target);
        visit(target);
      }
    };
    for (const file of filesOf("workflows")) visit(file);
    expect([...reached].filter((file) => !zodFree(file))).toEqual([]);
  });

  test("no module that the workflows of a worker share keeps state", () => {
    const shared = [...filesOf("workflows"), ...filesOf("domain")];
    const state = /^(export )?(let|var) |^(export )?const [^=]*= (new (Map|Set|WeakMap)\(\)|\[\]|\{\});/m;
    const keepers = shared.filter((file) => state.test(readFileSync(join(root, file), "utf8")));
    expect(keepers).toEqual([]);
  });

  test("only config.ts reads the environment", () => {
    const readers = Object.keys(allowed)
      .flatMap(filesOf)
      .filter((file) => readFileSync(join(root, file), "utf8").includes("process.env"));
    expect(readers).toEqual([]);
  });
});
