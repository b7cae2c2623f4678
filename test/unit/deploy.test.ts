import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { variables } from "../../configVariables.ts";
import { searchAttributes } from "../../domain/messages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Service = { command?: string[]; environment?: Record<string, string> };

const { services } = parse(readFileSync(`${root}/docker-compose.yml`, "utf8"), { merge: true }) as {
  services: Record<string, Service>;
};

/** Read by Temporal's SDK rather than by us. */
const ofTemporal = ["TEMPORAL_ADDRESS"];

test.each(["gateway", "worker"])("the composed %s is a program that reads what it is given", (name) => {
  const { command = [], environment = {} } = services[name] ?? {};
  expect(command.map((path) => existsSync(root + path.replace(/^dist/, "").replace(/js$/, "ts")))).toEqual([
    true,
  ]);
  const known = [...Object.keys(variables), ...ofTemporal];
  expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
  expect(environment).toMatchObject({
    DATABASE_URL: expect.any(String),
    ENCRYPTION_KEYS: expect.any(String),
  });
});

test("the composed Temporal knows the search attributes of our workflows", () => {
  const given = (services["temporal"]?.command ?? []).flatMap(
    (argument) => /^--search-attribute=(\w+)=Keyword$/.exec(argument)?.slice(1) ?? [],
  );
  expect(given.toSorted()).toEqual(searchAttributes.toSorted());
});
