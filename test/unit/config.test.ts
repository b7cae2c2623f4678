import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forgetSecrets, gatewayConfig, meetingDefaults, outsideConfig, zoomConfig } from "../../config.ts";

const before = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), "config-"));

afterEach(() => {
  process.env = { ...before };
  for (const name of ["secrets.json", "defaults.yaml"]) rmSync(join(folder, name), { force: true });
});

const secretsFile = (text: string): string => {
  const path = join(folder, "secrets.json");
  writeFileSync(path, text);
  return path;
};

const given = (variables: Record<string, string>) => {
  Object.assign(process.env, variables);
  return outsideConfig();
};

test("secrets are taken out of the environment, all but Amazon's, which its client reads later", () => {
  const secret = ["ENCRYPTION_KEYS", "DATABASE_URL", "ZOOM_RUNBOOKS_SECRET_PAGER", "TEMPORAL_API_KEY"];
  const left = ["AWS_SECRET_ACCESS_KEY", "ZOOM_CLIENT_ID", "PUBLIC_URL"];
  for (const name of [...secret, ...left]) process.env[name] = "canary";
  forgetSecrets();
  expect(Object.keys(process.env)).toEqual(expect.arrayContaining(left));
  for (const name of secret) expect(process.env[name]).toBeUndefined();
});

describe("what reaches people and systems other than Zoom", () => {
  test("may be left out", () => {
    expect(given({ SMTP_URL: "" })).toEqual({ mail: undefined, allow: [], secrets: new Map() });
  });

  test("takes a mail server and its sender", () => {
    const variables = {
      SMTP_URL: "smtp://u:p@mail.example.com",
      MAIL_FROM: "Incidents <incidents@example.com>",
    };
    expect(given(variables).mail).toEqual({ url: variables.SMTP_URL, from: variables.MAIL_FROM });
  });

  test.each([
    [{ SMTP_URL: "smtp://mail.example.com" }, "mail needs both or neither"],
    [{ MAIL_FROM: "a@example.com" }, "mail needs both or neither"],
    [{ SMTP_URL: "https://u:canary@mail.example.com", MAIL_FROM: "a@b" }, "SMTP_URL: must be smtp://"],
    [{ SMTP_URL: "smtp://u:canary@", MAIL_FROM: "a@b" }, "SMTP_URL: must be smtp://"],
    [{ SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "nobody" }, "MAIL_FROM: must be an address"],
    [{ OUTGOING_ALLOW: "10.0.0.0/33" }, "OUTGOING_ALLOW: must be hosts"],
  ])("%j is refused: %s", (variables, why) => {
    expect(() => given(variables)).toThrow(why);
    expect(() => given(variables)).not.toThrow("canary");
  });

  test("has secrets from variables and a file, without line breaks at their end; variables win", () => {
    const SECRETS_FILE = secretsFile('{"team_slack": "https://file\\n", "pager": "from-file"}');
    const { secrets } = given({
      SECRETS_FILE,
      ZOOM_RUNBOOKS_SECRET_PAGER: "from-variable",
      ZOOM_RUNBOOKS_SECRET_NONE: "",
    });
    expect(Object.fromEntries(secrets)).toEqual({ team_slack: "https://file", pager: "from-variable" });
  });

  test.each([
    '{"Team-Slack": "canary"}',
    '{"a": 5, "b": "canary"}',
    '["canary"]',
    "canary",
    '{"a": "canary"',
  ])("does not take %s as a file of secrets, and repeats nothing of it", (text) => {
    const SECRETS_FILE = secretsFile(text);
    expect(() => given({ SECRETS_FILE })).toThrow("SECRETS_FILE");
    expect(() => given({ SECRETS_FILE })).not.toThrow("canary");
  });

  test("names a file of secrets that is not there", () => {
    expect(() => given({ SECRETS_FILE: "/nowhere/secrets.json" })).toThrow("/nowhere/secrets.json");
  });
});

describe("Zoom accounts", () => {
  const key = Buffer.alloc(32, "canary").toString("base64");
  const zoomGiven = (variables: Record<string, string>) => {
    Object.assign(process.env, variables);
    return zoomConfig();
  };
  const app = { ZOOM_ACCOUNT_ID: "account", ZOOM_CLIENT_ID: "client", ZOOM_CLIENT_SECRET: "canary" };

  test("may all be left to connectors, or one be given by the environment", () => {
    expect(zoomGiven({}).environment).toEqual({ account: undefined, webhookSecretTokens: [] });
    expect(zoomGiven({ ...app, ZOOM_HOSTS: "a@example.com" }).environment.account).toEqual({
      accountId: "account",
      clientId: "client",
      clientSecret: "canary",
      hosts: ["a@example.com"],
    });
  });

  test("are not given in part: what is missing is named", () => {
    expect(() => zoomGiven({ ...app, ZOOM_CLIENT_ID: "", ZOOM_CLIENT_SECRET: "" })).toThrow(
      /ZOOM_CLIENT_ID is not set[^]*ZOOM_CLIENT_SECRET is not set/,
    );
  });

  test("have keys from a variable or a file, the first of which seals", () => {
    const ENCRYPTION_KEYS = `new:${key},old:${Buffer.alloc(32).toString("base64")}`;
    expect(zoomGiven({ ENCRYPTION_KEYS }).encryptionKeys?.map(({ id }) => id)).toEqual(["new", "old"]);
    process.env = { ...before };
    const ENCRYPTION_KEYS_FILE = secretsFile(`file:${key}\n`);
    expect(zoomGiven({ ENCRYPTION_KEYS_FILE }).encryptionKeys?.map(({ id }) => id)).toEqual(["file"]);
    expect(() => zoomGiven({ ENCRYPTION_KEYS })).toThrow("set one of them");
  });

  test.each([
    [{ ENCRYPTION_KEYS: key }, "ENCRYPTION_KEYS: key 1 is not like id:base64"],
    [{ ENCRYPTION_KEYS: `a:${key.slice(8)}` }, 'ENCRYPTION_KEYS: key 1 ("a") has 26 bytes, not 32'],
    [{ ENCRYPT_HISTORIES: "true" }, "ENCRYPT_HISTORIES: needs ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE"],
    [{ ENCRYPT_HISTORIES: "perhaps" }, "ENCRYPT_HISTORIES: must be true or false"],
    [{ ENCRYPTION_KEYS_FILE: "/nowhere/keys" }, "ENCRYPTION_KEYS_FILE: /nowhere/keys cannot be read"],
  ])("with a mistake in their keys are refused without a word of a key: %#", (variables, why) => {
    expect(() => zoomGiven(variables)).toThrow(why);
    expect(() => zoomGiven(variables)).not.toThrow(key.slice(8, 20));
  });
});

test.each(["0", "soon", "1.5"])("people are known for whole days, not for %j", (PERSONAL_DATA_DAYS) => {
  Object.assign(process.env, { PERSONAL_DATA_DAYS, DATABASE_URL: "postgres://db" });
  expect(gatewayConfig).toThrow("PERSONAL_DATA_DAYS: ");
});

describe("Defaults for meetings", () => {
  const defaultsFile = (text: string): string => {
    const path = join(folder, "defaults.yaml");
    writeFileSync(path, text);
    return path;
  };

  test("are read from a file, YAML or JSON, and may be left out", () => {
    expect(meetingDefaults()).toBeUndefined();
    for (const text of [
      "severities:\n  SEV0: { missing_after: 3m }",
      '{"severities":{"0":{"missing_after":"3m"}}}',
    ]) {
      process.env["MEETING_DEFAULTS_FILE"] = defaultsFile(text);
      expect(meetingDefaults()).toEqual({ severities: { "0": { missing_after: "3m" } } });
    }
  });

  test("name all that is wrong with them, beside what is wrong with other variables", () => {
    const path = defaultsFile("setings: {}\nseverities: { SEV8: {} }");
    Object.assign(process.env, { MEETING_DEFAULTS_FILE: path, PORT: "none", DATABASE_URL: "" });
    for (const problem of [
      /PORT: /,
      /MEETING_DEFAULTS_FILE: .*setings is/,
      /defaults\.yaml: severities\.SEV8 /,
      /DATABASE_URL is/,
    ])
      expect(gatewayConfig).toThrow(problem);
  });

  test.each([
    ["/nowhere/defaults.yaml", "no such file"],
    [undefined, "is no readable YAML or JSON"],
  ])("in a file that cannot be read, %s, name the file", (path, why) => {
    process.env["MEETING_DEFAULTS_FILE"] = path ?? defaultsFile("settings: [");
    expect(meetingDefaults).toThrow(`MEETING_DEFAULTS_FILE: ${process.env["MEETING_DEFAULTS_FILE"]}: `);
    expect(meetingDefaults).toThrow(why);
  });
});

describe("Who may come in", () => {
  const gatewayGiven = (variables: Record<string, string>) => {
    Object.assign(process.env, { DATABASE_URL: "postgres://localhost/x" }, variables);
    return gatewayConfig();
  };
  const provider = { OIDC_ISSUER_URL: "https://idp.example.com", OIDC_CLIENT_ID: "zr" };

  test("may be told by an identity provider, or by keys alone", () => {
    expect(gatewayGiven({}).oidc).toBeUndefined();
    const OIDC_ROLES = "admins=admin, on call = responder,*=viewer";
    expect(gatewayGiven({ ...provider, OIDC_ROLES }).oidc).toEqual({
      issuerUrl: "https://idp.example.com",
      clientId: "zr",
      clientSecret: undefined,
      scopes: "openid profile email",
      groupsClaim: "groups",
      roles: { admins: "admin", "on call": "responder", "*": "viewer" },
    });
    const names = { OIDC_ROLES: '{"cn=ops,ou=groups": "admin"}' };
    expect(gatewayGiven({ ...provider, ...names }).oidc?.roles).toEqual({ "cn=ops,ou=groups": "admin" });
  });

  test.each([
    [provider, "signing in needs all or none"],
    [{ OIDC_ISSUER_URL: "http://idp.example.com" }, "OIDC_ISSUER_URL: must be https://"],
    [{ OIDC_ROLES: "admins=root" }, "OIDC_ROLES: must be like"],
    [{ OIDC_ROLES: "admins" }, "OIDC_ROLES: must be like"],
    [{ OIDC_SCOPES: "profile" }, "OIDC_SCOPES: must begin with openid"],
    [{ TRUSTED_PROXIES: "proxy.example.com" }, "TRUSTED_PROXIES: must be addresses or networks"],
    [{ AUDIT_KEPT_DAYS: "0" }, "AUDIT_KEPT_DAYS"],
  ])("%j is refused: %s", (variables, why) => {
    expect(() => gatewayGiven(variables)).toThrow(why);
  });
});
