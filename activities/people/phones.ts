import { z } from "zod";

const emptyAsAbsent = z
  .string()
  .trim()
  .transform((text) => text || undefined)
  .nullish()
  .transform((text) => text ?? undefined);

/** A person as incidents have them, or just a number. Whoever has none is reported, not refused. */
const phoneField = z.union([
  z.string().transform((phone) => ({ name: undefined, phone: phone.trim() || undefined })),
  z
    .object({ name: emptyAsAbsent, email: emptyAsAbsent, phone: emptyAsAbsent })
    .transform(({ name, email, phone }) => ({ name: name ?? email, phone })),
]);

/** A list; a list within the list (`{{incident.responders}}`) is taken as its members. One number is called once. */
export const phonesField = z
  .union([phoneField, z.array(z.union([phoneField, z.array(phoneField), z.null()]))])
  .transform((given) => {
    const seen = new Set<string>();
    return [given]
      .flat(2)
      .filter((each) => each !== null)
      .filter(({ name, phone }) => {
        const key = phone === undefined ? `name:${name ?? ""}` : (phoneNumber(phone) ?? phone);
        return key !== "name:" && !seen.has(key) && seen.add(key);
      });
  });

/**
 * A number as Zoom dials it: `+18005550100`, an extension after a dash. Undefined for what cannot be one: without its
 * country code a number would ring somebody else.
 */
export const phoneNumber = (given: string | undefined): string | undefined => {
  const [, number = "", extension] =
    /^(.*?)(?:\s*(?:ext\.?|x|#)\s*(\d{1,8}))?$/i.exec(given?.trim() ?? "") ?? [];
  const bare = number.replaceAll(/[\s().\-/]/g, "").replace(/^00/, "+");
  if (!/^\+[1-9]\d{6,14}$/.test(bare)) return undefined;
  return extension === undefined ? bare : `${bare}-${extension}`;
};
