import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { chromiumProgram, WITHOUT_CHROMIUM } from "../../setup/chromium.mjs";

/** Why there is no browser on this machine; undefined when there is one. */
export const withoutBrowser: string | undefined =
  chromiumProgram() === undefined ? WITHOUT_CHROMIUM : undefined;

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumProgram() ?? "chromium" });

/** Narrow as the smallest telephones are, since what fits there fits everywhere. */
const viewport = { width: 320, height: 640 };

/** Somebody with a browser of their own: no cookie is another's. What a page's policy forbade is gathered. */
export const somebody = async (browser: Browser): Promise<{ page: Page; forbidden: string[] }> => {
  const page = await (await browser.newContext({ viewport })).newPage();
  const forbidden: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) forbidden.push(message.text());
  });
  return { page, forbidden };
};

/** What stands on the page. With SCREENSHOTS set to a folder, a picture of it is kept there. */
export const read = async (page: Page, name: string): Promise<string> => {
  const folder = process.env["SCREENSHOTS"];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }
  return page.getByRole("main").innerText();
};
