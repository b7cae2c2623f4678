import { invalidFields } from "./errors.ts";
import { passcode } from "./ids.ts";
import type { CreateWish } from "./meetingSchemas.ts";
import type { Cloud, Settings } from "./state.ts";

const RULES: Record<Settings["passcodeRule"], RegExp> = {
  any: /^/,
  numeric: /^\d+$/,
  mixed: /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,}$/,
};

/** A wished passcode must keep to the account's rules; without a wish the account's settings decide. */
export function newPasscode(
  cloud: Cloud,
  { password, default_password }: Pick<CreateWish, "password" | "default_password">,
): string {
  if (password) return keptPasscode(cloud, password) ?? "";
  return default_password === false || !cloud.settings.generatePasscodes ? "" : passcode();
}

export function keptPasscode(cloud: Cloud, wished: string | undefined): string | undefined {
  if (wished && !RULES[cloud.settings.passcodeRule].test(wished)) throw invalidFields(["password"]);
  return wished;
}
