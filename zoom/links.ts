import { optionalText } from "./parse.ts";

/** Links of Zoom's may carry tokens in their query, which ours must not. */
const withoutTokens = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const tokens = [...parsed.searchParams.keys()].filter((name) => /token|zak/i.test(name));
  if (tokens.length === 0) return url;
  for (const name of tokens) parsed.searchParams.delete(name);
  return parsed.toString();
};

export const link = optionalText.transform((url) => url && withoutTokens(url));
