const KEPT = 5_000;

/** Adds to a log that never grows beyond what is worth looking at. */
export function remember<T>(log: T[], entry: T): void {
  log.push(entry);
  if (log.length > KEPT) log.splice(0, log.length - KEPT);
}

/** Drops the oldest entries of a map, which iterates in the order of insertion. */
export function keepNewest<K, V>(map: Map<K, V>, count = KEPT): void {
  for (const key of map.keys()) {
    if (map.size <= count) return;
    map.delete(key);
  }
}

/** Only the fields that have a value: the others leave what they would replace. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
