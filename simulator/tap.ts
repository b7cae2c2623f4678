/** One request and the answer to it, as they were on the wire. Of OAuth, downloads and controls there is none. */
export type Exchange = {
  method: string;
  /** Undecoded, without the query. */
  path: string;
  query: Record<string, string>;
  requestBody: string;
  /** null when the connection was closed instead. */
  status: number | null;
  responseBody: string;
  /** A fault made the answer, which therefore says nothing of Zoom. */
  fault?: string;
};

/** Listens to what the simulator says and hears, for a judge that knows what Zoom would. */
export type Tap = {
  exchange(seen: Exchange): void;
  webhook(body: string): void;
};
