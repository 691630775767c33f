// A deal as people bring it through: a lead becomes a draft, its partner fills it in and submits it, the
// account manager looks at it and approves it, both are told by mail, and the customer buys.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { mailAbout } from "./mail.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

const PROGRAM = "sophos";
const PARTNER = "sven.wouters@aalst-networks.example";
const MANAGER = "pieter.claes@sophos.example";
/** A lead that its partner works on. */
const COMPANY = "Slachthuis Waasland";
const PRODUCT = "Firewall protection, model 4300";

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  test(`a lead becomes a deal that is approved and won, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const open = async (email) => {
      const visitor = await newVisitor(browser, portal, { javaScript });
      await signIn(visitor.page, portal.people.find((person) => person.email === email));
      return visitor;
    };
    const partner = await open(PARTNER);
    const { page } = partner;
    await page.goto(`/p/${PROGRAM}/leads`);
    await page.getByRole("link", { name: COMPANY }).first().click();
    await page.getByRole("button", { name: "Make it a deal" }).click();
    await page.getByText("Nobody else has registered this customer").first().waitFor();
    const path = new URL(page.url()).pathname;
    assert.equal(await page.getByLabel("End customer").inputValue(), COMPANY);
    if (javaScript) await partner.audit.findsNothing();

    partner.audit.expect("the server responded with a status of 422");
    await page.getByRole("button", { name: "Submit the deal" }).click();
    await page.getByText("Enter when the customer is expected to decide").first().waitFor();
    await fillIn(page);
    await page.locator(".flash", { hasText: "Saved." }).waitFor();
    await page.getByRole("button", { name: "Submit the deal" }).click();
    await page.getByText("The deal is submitted. Its receipt is").waitFor();
    if (javaScript) await partner.audit.findsNothing();
    await keepsItsReceipt(page, path);

    const manager = await open(MANAGER);
    const told = await mailAbout(manager.page, path, /registers/);
    assert.ok(told.includes(COMPANY), "whoever looks after the partner is told");
    await manager.page.goto(`/p/${PROGRAM}/deals?status=waiting`);
    await manager.page.getByRole("link", { name: COMPANY }).click();
    await manager.page.getByRole("button", { name: "Begin the review" }).click();
    await manager.page.getByText("No other deal is of this customer.").waitFor();
    if (javaScript) await manager.audit.findsNothing();
    await manager.page.getByRole("button", { name: "Approve" }).click();
    await manager.page.getByText("Protected until").first().waitFor();

    await mailAbout(page, path, /approved/);
    await page.goto(path);
    await page.getByText("90 days are left.").waitFor();
    await page.getByRole("button", { name: "Won" }).click();
    await page.locator(".facts .badge", { hasText: "Won" }).waitFor();
    if (javaScript) await partner.audit.findsNothing();
  });
}

async function fillIn(page) {
  await page.getByLabel(`Quantity of ${PRODUCT}`).fill("2");
  await page.getByLabel(`Expected MSRP of ${PRODUCT}`).fill("12 400,00");
  await page.getByLabel("Expected close").fill("2023-11-30");
  await page.getByRole("button", { name: "Save" }).click();
}

/** The receipt is what was submitted, for whoever kept its number and hash. */
async function keepsItsReceipt(page, path) {
  await page.locator(`a[href*="/deals/receipts/RC-"]`).first().click();
  const number = (await page.getByText(/^RC-/).first().textContent()).trim();
  const hash = (await page.getByText(/^[0-9a-f]{64}$/).first().textContent()).trim();
  await page.getByText("What is stored is what was submitted").waitFor();
  await page.getByRole("link", { name: "Verify a receipt" }).click();
  await page.getByLabel("Number").fill(number);
  await page.getByLabel("SHA-256").fill(hash);
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("They belong together").waitFor();
  await page.goto(path);
}
