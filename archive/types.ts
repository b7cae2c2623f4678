/** Where recordings are kept outside Zoom. Keys are relative paths with `/` between their segments. */
export type Archive = {
  /** For people: `s3://bucket/prefix`, `file:///var/recordings`. */
  place: string;
  /** An object that is there whole; undefined when there is none. */
  find(key: string): Promise<{ bytes: number } | undefined>;
  /** The text of a small object; undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  /**
   * Writes an object whole or not at all, holding little of it in memory. Throws an ArchiveError, or what `body`
   * throws.
   */
  put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<void>;
};

type PutOptions = { contentType: string; signal?: AbortSignal };
