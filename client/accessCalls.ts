import type { ApiKeyInput, ApiKeyList, ApiKeyMade, AuditPage, AuditQuery, SessionView } from "./api.ts";
import type { Call } from "./httpCalls.ts";
import { at } from "./httpCalls.ts";

/** Who may come in: for administrators, but for who one is oneself. */
export const accessCalls = (call: Call) => ({
  whoAmI: () => call<SessionView>({ url: at("session") }),
  apiKeys: () => call<ApiKeyList>({ url: at("keys") }),
  makeApiKey: (key: ApiKeyInput) => call<ApiKeyMade>({ method: "POST", url: at("keys"), data: key }),
  audit: (query: AuditQuery = {}) => call<AuditPage>({ url: at("audit"), params: query }),
  revokeApiKey: (id: string) => call<void>({ method: "DELETE", url: at("keys", id) }),
});
