/** Runbooks name secrets and never hold them: what a secret is stands in the worker's environment alone. */
export const secretNamePattern = /^[a-z][a-z0-9_]{0,62}$/;
