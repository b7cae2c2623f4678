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
