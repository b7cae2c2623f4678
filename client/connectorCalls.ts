import type {
  Connector,
  ConnectorCheck,
  ConnectorEditInput,
  ConnectorInput,
  ConnectorList,
  Resealing,
} from "./api.ts";
import type { Call } from "./httpCalls.ts";
import { at } from "./httpCalls.ts";

/** Zoom accounts: for administrators. */
export const connectorCalls = (call: Call) => ({
  connectors: () => call<ConnectorList>({ url: at("connectors") }),
  addConnector: (connector: ConnectorInput) =>
    call<Connector>({ method: "POST", url: at("connectors"), data: connector }),
  editConnector: (id: string, change: ConnectorEditInput) =>
    call<Connector>({ method: "PATCH", url: at("connectors", id), data: change }),
  removeConnector: (id: string) => call<void>({ method: "DELETE", url: at("connectors", id) }),
  makeConnectorDefault: (id: string) =>
    call<Connector>({ method: "POST", url: at("connectors", id, "default"), data: {} }),
  testConnector: (id: string) =>
    call<ConnectorCheck>({ method: "POST", url: at("connectors", id, "test"), data: {} }),
  resealSecrets: () => call<Resealing>({ method: "POST", url: at("secrets", "reseal"), data: {} }),
});
