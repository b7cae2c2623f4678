const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_all, hex?: string, decimal?: string, name = "") =>
    hex
      ? String.fromCodePoint(parseInt(hex, 16))
      : decimal
        ? String.fromCodePoint(Number(decimal))
        : (named[name] ?? ""),
  );

/** Where a page leads by itself, as a browser reads it; empty if nowhere. */
export const nextOf = (html: string): string =>
  unescaped(/<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(html)?.[1] ?? "");
