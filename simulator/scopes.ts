/** Scopes come in pairs: the plain one for a user's own app, the `:admin` one for the account's. */
export const scoped = (...names: string[]) => names.flatMap((name) => [name, `${name}:admin`]);
