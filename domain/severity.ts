/** Severities as they are stored: `"0"` is SEV0, the worst. */
export const severities = ["0", "1", "2", "3", "4"] as const;

export type Severity = (typeof severities)[number];

export const severityLabels: Record<Severity, string> = {
  "0": "SEV0 Critical",
  "1": "SEV1 Major",
  "2": "SEV2 Moderate",
  "3": "SEV3 Minor",
  "4": "SEV4 Cosmetic",
};

/** Names that other incident tools give their severities, in upper case. */
const aliases: Record<string, Severity> = {
  SECURITY0: "0",
  "CUSTOMER-P0": "0",
  CRITICAL: "0",
  SECURITY1: "1",
  "INTERNAL-PROD": "1",
  "CUSTOMER-P1": "1",
  MAJOR: "1",
  SECURITY2: "2",
  DEPLOYMENT: "2",
  MODERATE: "2",
  "INTERNAL-NONPROD": "3",
  MAINTENANCE: "3",
  MINOR: "3",
  COSMETIC: "4",
};

export const isSeverity = (value: unknown): value is Severity =>
  typeof value === "string" && /^[0-4]$/.test(value);

/** The severity that a name means: `"1"`, `1`, `SEV1`, `sev-1`, `SEV1 Major`, or an alias. Unknown names mean none. */
export const severityFrom = (given: unknown): Severity | undefined => {
  const name = String(given).trim().toUpperCase();
  if (isSeverity(name)) return name;
  const numbered = /^SEV(?:ERITY)?[ _-]?([0-4])(?: [A-Z]+)?$/.exec(name)?.[1];
  if (isSeverity(numbered)) return numbered;
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
};

export const unknownSeverity = (given: unknown): string =>
  `"${String(given)}" is no severity: use "0" to "4", or SEV0 (critical) to SEV4 (cosmetic)`;
