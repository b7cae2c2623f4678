/**
 * Does what was granted include any one of these scopes, classic or granular? A scope for the whole account
 * (`…:admin`, `…:master`) includes the one for oneself. Where Zoom did not say what it granted, the answer is yes:
 * Zoom will say no itself.
 */
export const hasScope = (granted: readonly string[] | undefined, anyOf: readonly string[]): boolean => {
  if (granted === undefined || anyOf.length === 0) return true;
  const held = new Set(granted);
  return anyOf.some((scope) => wider(scope).some((each) => held.has(each)));
};

const wider = (scope: string): string[] =>
  scope.endsWith(":master")
    ? [scope]
    : [scope, `${scope.replace(/:admin$/, "")}:admin`, `${scope.replace(/:admin$/, "")}:master`];

const isGranular = (scope: string): boolean => scope.replace(/:(admin|master)$/, "").split(":").length > 2;
const isForAccount = (scope: string): boolean => scope.endsWith(":admin");

/**
 * Which of these to name to people: Zoom gives new apps granular scopes only, and those for the whole account to apps that
 * have others of that kind.
 */
export const scopesToAdd = (anyOf: readonly string[], granted: readonly string[] = []): readonly string[] => {
  const granular = anyOf.filter(isGranular);
  const known = granular.length > 0 ? granular : anyOf;
  const alike = known.filter((scope) => isForAccount(scope) === granted.some(isForAccount));
  return granted.length > 0 && alike.length > 0 ? alike : known;
};
