import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { main } from "../../client/program.ts";
import { keys } from "../gateway/startGateway.ts";
import type { Connecting } from "../gateway/zoomApps.ts";
import { appSecret, startConnecting } from "../gateway/zoomApps.ts";
import { freePort } from "../support/temporalServer.mjs";
import { openBrowser, read, somebody, withoutBrowser } from "./browser.ts";

(withoutBrowser === undefined ? describe : describe.skip)("Signing in with Zoom at a browser", () => {
  let browser: Browser;
  let zoom: Connecting;
  let page: Page;
  let forbidden: string[];
  let callback: string;

  beforeAll(async () => {
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    callback = `${publicUrl}/oauth/zoom/callback`;
    zoom = await startConnecting({ port, zoom: { publicUrl }, links: { publicUrl } });
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await zoom?.close();
  });
  beforeEach(async () => {
    await zoom.control("/reset", {});
    for (const { id } of await zoom.gateway.store.connectors.list())
      await zoom.gateway.store.connectors.remove(id);
    ({ page, forbidden } = await somebody(browser));
  });
  afterEach(async () => {
    await page.context().close();
    expect(forbidden).toEqual([]);
  });

  /** The command line; answers what it says. */
  const command = async (line: string[], clientSecret = appSecret): Promise<string> => {
    let said = "";
    await main(line, {
      out: (text) => void (said += text),
      err: (text) => void (said += text),
      hasColors: false,
      settings: () => ({ url: zoom.gateway.url, apiKey: keys.admin, clientSecret }),
      readInput: async () => "",
      signal: new AbortController().signal,
    });
    return said;
  };
  const add = ["connector", "add", "Operations", "--sign-in", "--client-id"];
  const linkIn = (said: string): string => /https?:\S+$/m.exec(said)?.[0] ?? "";

  /** From the link of a new connector to what Zoom shows. */
  const beginAt = async (link: string): Promise<void> => {
    await page.goto(link);
    await page.getByLabel("An administrator's API key").fill(keys.admin);
    await page.getByRole("button", { name: "Go on to Zoom" }).click();
    await page.waitForURL(/\/oauth\/authorize/);
  };
  const begin = async (clientSecret?: string): Promise<string> => {
    const link = linkIn(await command([...add, "sim-client"], clientSecret));
    await beginAt(link);
    return link;
  };
  const answer = async (decision: "Allow" | "Deny"): Promise<void> => {
    await page.getByRole("button", { name: decision }).click();
    await page.waitForURL(/\/oauth\/zoom\/callback/);
  };
  /** Where Zoom sends the browser, which does not go there. */
  const allowedButNotBack = async (): Promise<string> => {
    const decided = new Promise<string>((resolve) => {
      void page.route(/\/oauth\/authorize$/, async (route) => {
        const { location = "" } = (await route.fetch({ maxRedirects: 0 })).headers();
        await route.fulfill({ contentType: "text/html", body: "<main>Held up</main>" });
        resolve(location);
      });
    });
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("Held up").waitFor();
    return decided;
  };
  const fits = () => page.evaluate("document.documentElement.scrollWidth <= innerWidth");

  test("leads from the printed link through an administrator's key and Zoom's consent to a connector that works", async () => {
    await page.goto(linkIn(await command([...add, "sim-client"])));
    expect(await read(page, "start")).toContain("Sign in with Zoom");
    expect(await fits()).toBe(true);

    await page.keyboard.type("no-such-key");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await read(page, "wrong-key")).toContain("There is no such API key. Check it, and give it again.");
    await page.keyboard.type(keys.responder);
    await page.keyboard.press("Enter");
    await page.getByText("the key's role is responder").waitFor();
    await page.keyboard.type(keys.admin);
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "Incident runbooks asks for access" }).waitFor();
    expect(await read(page, "consent")).toContain("Add meeting");
    await page.getByLabel("You sign in as").selectOption("Host2 Example (host2@example.com)");
    await answer("Allow");
    const connected = await read(page, "connected");
    expect(connected).toContain("Connected");
    expect(connected).toContain('The connector "Operations" works for host2@example.com now.');
    expect(await command(["connector", "list"])).toMatch(
      /Operations +default +sign in +sim-account .* connected/,
    );

    await page.reload();
    expect(await read(page, "replayed")).toContain(
      'or came back already. If this page said "Connected" before, all is done',
    );
    expect(await command(["connector", "list"])).toContain("connected");
  });

  test("changes nothing for whoever denies it, and may be begun again from there", async () => {
    await begin();
    await answer("Deny");
    expect(await read(page, "denied")).toMatch(
      /Not signed in: Operations\s+You declined at Zoom, so nothing was changed/,
    );
    await page.getByRole("link", { name: "Begin again" }).click();
    expect(await page.getByLabel("An administrator's API key").isVisible()).toBe(true);
    expect(await command(["connector", "list"])).toContain("nobody is signed in");
  });

  test("is over for whoever took somebody's way back to another browser", async () => {
    await begin();
    const stolen = await allowedButNotBack();
    const thief = await somebody(browser);
    await thief.page.goto(stolen);
    expect(await read(thief.page, "stolen")).toContain("it was begun in another browser");
    await thief.page.context().close();
    expect(await command(["connector", "list"])).toContain("nobody is signed in");
  });

  test("says which scopes are missing and what fails without, until they are there", async () => {
    const few = ["user:read:user:admin", "meeting:read:meeting:admin"];
    await zoom.control("/settings", { scopes: few });
    await begin();
    await answer("Allow");
    const lacking = await read(page, "too-few-scopes");
    expect(lacking).toContain("Connected, but scopes are missing");
    expect(lacking).toMatch(/meeting:write:meeting:admin\s+for zoom.create_meeting/);
    expect(await fits()).toBe(true);

    await zoom.control("/settings", { scopes: ["meeting:read:meeting:admin"] });
    await page.getByRole("link", { name: "Sign in again" }).click();
    await beginAt(page.url());
    await answer("Allow");
    expect(await read(page, "no-user-scope")).toMatch(/lacks .*user:read:user.*Add one of the named scopes/s);
  });

  test("keeps to the Zoom account that it was first", async () => {
    const link = await begin();
    await answer("Allow");
    await zoom.control("/settings", { accountId: "another-account" });
    await beginAt(link);
    await answer("Allow");
    expect(await read(page, "another-account")).toContain('"Operations" is of another Zoom account');
  });

  test.each([
    [
      "redirect",
      { redirectUrls: ["https://runbooks.example.com/"] },
      /Invalid redirect url: .*callback \(4,700\)/,
    ],
    ["disabled", { appDisabled: true }, /The app has been disabled\. \(4,717\)/],
    ["other-kind", { appKind: "server_to_server" }, /Invalid client_id: sim-client \(4,702\)/],
  ])("that Zoom refuses is explained on the page before (%s)", async (name, settings, words) => {
    await zoom.control("/settings", settings);
    await begin();
    expect(await read(page, `${name}-at-zoom`)).toMatch(words);
    await page.goBack();
    const start = await read(page, `${name}-back`);
    expect(start).toContain("If Zoom does not let you in");
    expect(start).toContain(`Add ${callback} to the app's OAuth redirect URLs`);
    expect(start).toMatch(/The app has been disabled\s+Activate it in Zoom's Marketplace\./);
    expect(start).toMatch(/Invalid client_id\s+.*It has to be a General app/);
  });

  test.each([
    ["wrong-secret", "canary-wrong", {}, "Zoom does not know this client id with this client secret"],
    ["disabled-meanwhile", appSecret, { appDisabled: true }, "the Zoom app is disabled"],
    ["other-kind-meanwhile", appSecret, { appKind: "server_to_server" }, "of another kind of Zoom app"],
  ])("that fails on the last step says why (%s)", async (name, clientSecret, settings, words) => {
    await begin(clientSecret);
    const wayBack = await allowedButNotBack();
    await zoom.control("/settings", settings);
    await page.goto(wayBack);
    const said = await read(page, name);
    expect(said).toContain(words);
    expect(said).not.toContain("canary");
    expect(await command(["connector", "list"])).toContain("nobody is signed in");
  });

  test("is not begun for a second account under the same name", async () => {
    await begin();
    expect(await command([...add, "other-client"])).toContain('There is a connector "Operations" already.');
  });
});
