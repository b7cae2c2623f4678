const maxLength = 300;
const mark = "[…]";

/**
 * Text of somebody else's, made fit for messages and logs: one line, bounded, without markup and without anything
 * that could let a reader in: links beyond their host, tokens, and the given secrets.
 */
export const cleanText = (text: string, secrets: readonly string[] = []): string => {
  const known = secrets
    .filter((secret) => secret.length > 2)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, mark), text.slice(0, 20 * maxLength));
  const line = known
    .replaceAll(/<[^<>]{0,200}>/g, " ")
    .replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#@"'<>]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi, `$1$2/${mark}`)
    .replaceAll(/\b(bearer|basic)\s+[\w\-.~+/=]+/gi, `$1 ${mark}`)
    .replaceAll(/\b((?:\w*token|zak|pwd|passcode|secret)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1${mark}`)
    .replaceAll(/[\w\-.+/=]{40,}/g, mark)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
};
