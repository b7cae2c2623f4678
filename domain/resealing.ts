/** What became of the secrets in the store when they were sealed anew. */
export type Resealing = {
  /** The id of the key that seals from now on. */
  key: string;
  /** How many were sealed anew, of how many there are. */
  resealed: number;
  total: number;
  /** They stay as they are: none of our keys opens them. */
  unreadable: { place: string; owner: string; reason: string }[];
  /** Of our keys, those that seal nothing in the store any more. */
  unused_keys: string[];
};
