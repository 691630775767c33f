// A price as resellers ask for it: products are chosen, a quantity is changed and the price follows,
// the inquiry goes to a distributor, who finds it in the inbox and in a mail.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, PHONE, signIn } from "./visitor.mjs";

const PROGRAM = "sophos";
const CUSTOMER = "Weverij Proef";

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  test(`a partner asks a distributor for a price, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const inProgram = (person) => person.programs.includes(PROGRAM);
    const owner = portal.person({ part: "partner", access: "administrator" }, inProgram);
    const { page, audit } = await newVisitor(browser, portal, { javaScript });
    await signIn(page, owner);

    await page.goto(`/p/${PROGRAM}/inquiries`);
    await page.getByRole("link", { name: "New inquiry" }).first().click();
    await page.getByLabel("End customer").fill(CUSTOMER);
    await page.getByLabel("Country").fill("BE");
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByRole("heading", { level: 1, name: CUSTOMER }).waitFor();
    if (javaScript) await audit.findsNothing();

    await page.getByLabel("Product, category or code").fill("endpoint user");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("button", { name: "Add Endpoint protection, per user" }).click();
    const quantity = page.getByLabel(/^Quantity of line 1/);
    await quantity.waitFor();
    const total = page.locator("tfoot td").first();
    const single = await total.innerText();
    await quantity.fill("98");
    if (javaScript) {
      // Nothing is pressed: leaving the field is enough.
      await quantity.press("Tab");
      await page.waitForFunction(
        (before) => document.querySelector("tfoot td").innerText !== before,
        single,
      );
    } else {
      await page.getByRole("button", { name: "Update prices" }).click();
    }
    assert.notEqual(await total.innerText(), single, "the price follows the quantity");
    assert.equal(await page.getByLabel(/^Quantity of line 1/).inputValue(), "98");
    await page.getByText("100 cost less").waitFor();
    if (javaScript) {
      await audit.findsNothing();
      await page.setViewportSize(PHONE);
      await audit.findsNothing();
    }

    await page.getByRole("radio").first().check();
    const asked = await page.locator("fieldset label").first().innerText();
    await page.getByRole("button", { name: "Send the inquiry" }).click();
    await page.getByText("The inquiry is sent.").waitFor();
    await page.getByText(`${asked} answers with a quote.`).waitFor();
    const path = new URL(page.url()).pathname;
    if (javaScript) await audit.findsNothing();

    const desk = portal.person({ part: "distributor", organisation: asked }, inProgram);
    const distributor = await newVisitor(browser, portal, { javaScript });
    await signIn(distributor.page, desk);
    await distributor.page.goto(`/p/${PROGRAM}/inquiries?status=submitted`);
    await distributor.page.getByRole("link", { name: CUSTOMER }).click();
    assert.equal(new URL(distributor.page.url()).pathname, path);
    await distributor.page.getByRole("button", { name: "Make a quote" }).waitFor();
    if (javaScript) await distributor.audit.findsNothing();
  });
}
