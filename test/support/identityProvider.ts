import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

type Claims = { [name: string]: unknown };

type Asked = { clientId: string; redirectUri: string; challenge: string; nonce: string };

const client = { id: "zoom-runbooks", secret: "idp-secret" };

/** A small OpenID provider with real signatures: it lets `person` in without asking, and does wrong as it is told. */
export const startIdentityProvider = async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const stranger = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" };
  const codes = new Map<string, Asked>();
  const state = {
    person: { sub: "ana", name: "Ana", groups: ["on-call"] } as Claims,
    /** Told by the userinfo endpoint alone. */
    userinfo: {} as Claims,
    /** Over what an ID token says. */
    wrong: {} as Claims,
    forged: false,
    denies: false,
    takesSecretsInBody: false,
  };
  let issuer = "";

  const authorize = (query: URLSearchParams): string => {
    const back = new URL(query.get("redirect_uri") ?? "");
    back.searchParams.set("state", query.get("state") ?? "");
    if (state.denies) {
      back.searchParams.set("error", "access_denied");
      return back.href;
    }
    const code = randomBytes(16).toString("hex");
    codes.set(code, {
      clientId: query.get("client_id") ?? "",
      redirectUri: query.get("redirect_uri") ?? "",
      challenge: query.get("code_challenge") ?? "",
      nonce: query.get("nonce") ?? "",
    });
    back.searchParams.set("code", code);
    return back.href;
  };

  const idToken = ({ clientId, nonce }: Asked): Promise<string> =>
    new SignJWT({ ...state.person, nonce, ...state.wrong })
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer((state.wrong["iss"] as string | undefined) ?? issuer)
      .setAudience((state.wrong["aud"] as string | undefined) ?? clientId)
      .setIssuedAt()
      .setExpirationTime((state.wrong["exp"] as number | undefined) ?? "5m")
      .sign(state.forged ? stranger.privateKey : privateKey);

  const token = async (form: URLSearchParams, authorization = ""): Promise<[number, object]> => {
    const header = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
    const inBody = `${form.get("client_id")}:${form.get("client_secret")}`;
    const given = state.takesSecretsInBody ? inBody : decodeURIComponent(header);
    if (given !== `${client.id}:${client.secret}`) return [401, { error: "invalid_client" }];
    const code = form.get("code") ?? "";
    const asked = codes.get(code);
    codes.delete(code);
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (asked?.challenge !== verifier || asked.redirectUri !== form.get("redirect_uri"))
      return [400, { error: "invalid_grant" }];
    return [
      200,
      { access_token: "access", token_type: "Bearer", expires_in: 300, id_token: await idToken(asked) },
    ];
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer);
    const send = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return void send(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          ...(state.takesSecretsInBody && {
            token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
          }),
          id_token_signing_alg_values_supported: ["RS256"],
        });
      case "/jwks":
        return void send(200, { keys: [jwk] });
      case "/authorize":
        return void response.writeHead(302, { location: authorize(searchParams) }).end();
      case "/token":
        return void send(
          ...(await token(new URLSearchParams(await text(request)), request.headers.authorization)),
        );
      case "/userinfo":
        return void send(200, { sub: state.person["sub"], ...state.userinfo });
      default:
        return void send(404, {});
    }
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    client,
    state,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
