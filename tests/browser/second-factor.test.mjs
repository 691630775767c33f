// Somebody sets up a second factor, signs in with it, loses the phone and comes back: with the
// keyboard and a phone's width, every page audited.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { codeAt, secretOn, STEP_MS } from "./authenticator.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

const PAGE = "/account/second-factor";

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  test(`a second factor from setting up to coming back, ${javaScript ? "with" : "without"} JavaScript`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const person = portal.person({ part: "partner", access: "administrator" });
    const audited = async ({ audit }) => javaScript && audit.findsNothing();

    const here = await newVisitor(browser, portal, { javaScript });
    await signIn(here.page, person);
    await here.page.goto("/account");
    await audited(here);
    await here.page.getByRole("link", { name: "Set up a second factor" }).click();
    await audited(here);
    await here.page.getByRole("button", { name: "Begin" }).click();
    const secret = await secretOn(here.page);
    assert.match(secret, /^[A-Z2-7]{32}$/);
    assert.ok(await here.page.getByRole("img", { name: "QR code for your authenticator app" }).isVisible());
    await audited(here);

    await here.page.getByLabel("Code", { exact: true }).fill(codeAt(secret));
    await here.page.keyboard.press("Enter");
    await here.page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
    const codes = await here.page.locator("ol.secrets code").allInnerTexts();
    assert.equal(codes.length, 10);
    await audited(here);
    const [file] = await Promise.all([
      here.page.waitForEvent("download"),
      here.page.getByRole("button", { name: "Save as a file" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "recovery-codes.txt");

    // Each code is good once: wait for the next.
    await sleep(STEP_MS - (Date.now() % STEP_MS) + 500);
    const there = await newVisitor(browser, portal, { javaScript });
    await signIn(there.page, person);
    assert.equal(new URL(there.page.url()).pathname, "/sign-in/code");
    await audited(there);
    await there.page.getByLabel("Code", { exact: true }).fill(codeAt(secret));
    await there.page.keyboard.press("Enter");
    await there.page.waitForURL((url) => url.pathname !== "/sign-in/code");
    await there.page.goto(PAGE);
    await there.page.getByText("Recovery codes left").waitFor();
    await audited(there);

    const lost = await newVisitor(browser, portal, { javaScript });
    await signIn(lost.page, person);
    await lost.page.getByText("Use a recovery code").click();
    await lost.page.getByLabel("Recovery code").fill(codes[0].toLowerCase());
    await lost.page.getByRole("button", { name: "Sign in with this code" }).click();
    await lost.page.getByText("you have 9 codes left").waitFor();
    await lost.page.goto("/account/second-factor/removal");
    await audited(lost);
    await lost.page.getByLabel("Current password").fill(person.password);
    await lost.page.getByLabel("Code", { exact: true }).fill(codes[1]);
    await lost.page.getByRole("button", { name: "Remove the second factor" }).click();
    await lost.page.getByText("Your second factor is removed.").waitFor();
    await here.page.goto("/account");
    assert.equal(new URL(here.page.url()).pathname, "/sign-in", "the other sessions have ended");
  });
}
