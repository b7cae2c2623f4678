import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Accounts } from "../../connectors/accounts.ts";
import { createAccounts } from "../../connectors/accounts.ts";
import { createConnectors } from "../../connectors/connectors.ts";
import type { Vault } from "../../connectors/vault.ts";
import { openEmbeddedVault } from "../../connectors/vault.ts";
import type { Simulator } from "../../simulator/app.ts";
import type { Store } from "../../store/index.ts";
import { getUser } from "../../zoom/users.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import { startSimulator } from "../support/simulator.ts";
import { until } from "../support/until.ts";

let store: Store;
let vault: Vault;
let simulator: Simulator;
beforeAll(async () => {
  [store, vault, simulator] = await Promise.all([openMemoryStore(), openEmbeddedVault(), startSimulator()]);
});
afterAll(() => Promise.all([store.close(), simulator.close()]));

const app = { accountId: "sim-account", clientId: "sim-client", clientSecret: "sim-secret" };
const depsWith = (account?: typeof app & { hosts: string[] }) => ({
  store,
  vault,
  zoom: { apiUrl: `${simulator.url}/v2`, oauthUrl: `${simulator.url}/oauth` },
  environment: { account, webhookSecretTokens: ["of the environment"] },
  publicUrl: "http://gateway.test",
});

const hostsNow = async ({ find }: Accounts) => (await find({})).hosts();
const tokensOf = async ({ signers }: Accounts) => (await signers()).map(({ token }) => token);

test("Without any account a call says how to connect one", async () => {
  await expect(createAccounts(depsWith()).find({})).rejects.toMatchObject({
    code: "authentication",
    message: "No Zoom account is connected",
    advice: expect.stringContaining("zoom-runbooks connector add"),
  });
});

test("The environment's account serves until another process connects one, and again when that is gone", async () => {
  const accounts = createAccounts(depsWith({ ...app, hosts: ["of-environment@example.com"] }));
  expect(await hostsNow(accounts)).toEqual(["of-environment@example.com"]);
  expect(await tokensOf(accounts)).toEqual(["of the environment"]);

  const { add, remove } = createConnectors(depsWith());
  const { id } = await add(
    {
      kind: "account_credentials",
      name: "Operations",
      account_id: app.accountId,
      client_id: app.clientId,
      client_secret: app.clientSecret,
      webhook_secret_tokens: ["of the connector"],
      hosts: ["of-connector@example.com"],
    },
    "ana",
  );
  const hostIs = (host: string) =>
    until(`${host} hosts`, async () => (await hostsNow(accounts)).includes(host) || undefined, {
      withinMs: 10_000,
    });
  await hostIs("of-connector@example.com");
  const { client } = await accounts.find({});
  expect(await getUser(client, "host1@example.com")).toMatchObject({ isLicensed: true });
  expect(await tokensOf(accounts)).toEqual(["of the environment", "of the connector"]);
  await remove(id);
  await hostIs("of-environment@example.com");
});

test("Calls to Zoom cost the database no statement of their own", async () => {
  let reads = 0;
  const list = () => ((reads += 1), store.connectors.list());
  const counted = { ...store, connectors: { ...store.connectors, list } };
  const { find } = createAccounts({ ...depsWith({ ...app, hosts: [] }), store: counted });
  const call = async () => getUser((await find({})).client, "host1@example.com");
  await Promise.all(Array.from({ length: 30 }, call));
  expect(reads).toBe(1);
});
