/** What an app may do, as the sign-in page says it. */
export type ScopeGroup = { product: string; abilities: string[] };

const verbs: Record<string, string> = { read: "View", write: "Add", update: "Change", delete: "Delete" };

/** `meeting:read:list_past_participants:admin` is "View past participants" among what concerns meetings. */
export function scopesInWords(scopes: readonly string[]): ScopeGroup[] {
  const groups = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const [product = "", verb = "", thing = product] = scope.split(":");
    const name = capitalized(product);
    const abilities = groups.get(name) ?? new Set();
    groups.set(name, abilities.add(`${verbs[verb] ?? verb} ${thingOf(product, thing)}`));
  }
  return [...groups].map(([product, abilities]) => ({ product, abilities: [...abilities] }));
}

/** Classic scopes name no thing, or say at once that they are for the whole account. */
const thingOf = (product: string, thing: string): string =>
  (thing === "admin" || thing === "master" ? product : thing).replace(/^list_/, "").replaceAll("_", " ");

const capitalized = (name: string): string =>
  `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`.replaceAll("_", " ");

/** Scopes of the whole account are for its administrators to grant. */
export const isForAccount = (scope: string): boolean => /:(admin|master)$/.test(scope);
