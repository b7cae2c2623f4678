import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keysFrom } from "../../connectors/keys.ts";
import { createVault, openEmbeddedVault } from "../../connectors/vault.ts";

const key = (letter: string): string => Buffer.alloc(32, letter).toString("base64");
const secrets = { clientSecret: "canary-secret", webhookSecretTokens: ["canary-token"] };

describe("What is sealed", () => {
  const vault = createVault(keysFrom(`new:${key("n")},old:${key("o")}`));

  test("opens for its owner, and is another text each time", async () => {
    const [one, other] = [await vault.seal("a", secrets), await vault.seal("a", secrets)];
    expect(await vault.open("a", one)).toEqual(secrets);
    expect(one).not.toBe(other);
    expect(Buffer.from(one, "base64").toString() + one).not.toContain("canary");
  });

  test("does not open for another owner", async () => {
    await expect(vault.open("b", await vault.seal("a", secrets))).rejects.toThrow("for something else");
  });

  test("does not open once any part of it was changed", async () => {
    const parts = (await vault.seal("a", secrets)).split(".");
    const forged = { alg: "dir", enc: "A256GCM", kid: "new", sub: "b" };
    const header = Buffer.from(JSON.stringify(forged)).toString("base64url");
    await expect(vault.open("b", [header, ...parts.slice(1)].join("."))).rejects.toThrow("it was changed");
    for (const index of [2, 3, 4]) {
      const changed = parts.with(index, Buffer.from("0123456789abcdef").toString("base64url"));
      await expect(vault.open("a", changed.join("."))).rejects.toThrow("it was changed");
    }
    await expect(vault.open("a", "no JWE at all")).rejects.toThrow("it was changed");
  });

  test("with an older key opens as long as that key is there", async () => {
    const sealed = await createVault(keysFrom(`old:${key("o")}`)).seal("a", secrets);
    expect(await vault.open("a", sealed)).toEqual(secrets);
    const without = createVault(keysFrom(`new:${key("n")}`));
    await expect(without.open("a", sealed)).rejects.toThrow(
      'the key "old", which ENCRYPTION_KEYS does not hold',
    );
    const another = createVault(keysFrom(`old:${key("x")}`));
    await expect(another.open("a", sealed)).rejects.toThrow("another key under the same id");
  });
});

describe("Keys", () => {
  test.each([
    ["", "at least one key"],
    [key("a"), "key 1 is not like id:base64"],
    [`a:${key("a")},b:short`, 'key 2 ("b") has'],
    [`a:${key("a")},a:${key("b")}`, 'two keys with the id "a"'],
  ])("such as %j are refused, and not repeated", (text, why) => {
    expect(() => keysFrom(text)).toThrow(why);
    expect(() => keysFrom(text)).not.toThrow(key("a"));
  });
});

describe("The embedded store's key", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "vault-"))));
  afterAll(() => rm(folder, { recursive: true }));

  test("lies beside the data, for their owner alone, and is the same the next time", async () => {
    const sealed = await (await openEmbeddedVault(join(folder, "data"))).seal("a", secrets);
    const path = join(folder, "data", "encryption-keys");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(keysFrom(await readFile(path, "utf8"))).toHaveLength(1);
    expect(await (await openEmbeddedVault(join(folder, "data"))).open("a", sealed)).toEqual(secrets);
  });

  test("is one for all who ask for it at once", async () => {
    const shared = join(folder, "shared");
    const vaults = await Promise.all(Array.from({ length: 8 }, () => openEmbeddedVault(shared)));
    const sealed = await vaults[0]!.seal("a", secrets);
    for (const vault of vaults) expect(await vault.open("a", sealed)).toEqual(secrets);
    expect(await readdir(shared)).toEqual(["encryption-keys"]);
  });

  test("is another one for each store in memory", async () => {
    const sealed = await (await openEmbeddedVault()).seal("a", secrets);
    await expect((await openEmbeddedVault()).open("a", sealed)).rejects.toThrow("it was changed");
  });
});
