// A price as distributors give it: an inquiry that waits becomes a draft at the program's prices, the
// distributor's own level comes off, the preview is what the reseller gets, and accepting it orders
// at exactly what was shown.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, PHONE, signIn } from "./visitor.mjs";

const PROGRAM = "sophos";
/** The demo's inquiry that nobody has answered, who sent it, and who was asked. */
const CUSTOMER = "Brouwerij Drie Torens";
const RESELLER = "emma.dubois@aalst-networks.example";
const QUOTER = "julie.wouters@kappa-data.example";

/** What each line costs, however the reader's language writes it. */
const prices = async (page) =>
  (await page.locator("tfoot td").allInnerTexts()).map((price) => price.replace(/\D/g, ""));

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  test(`a distributor answers an inquiry and the partner accepts it, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const looked = async ({ page, audit }) => {
      if (!javaScript) return;
      await audit.findsNothing();
      const wide = page.viewportSize();
      await page.setViewportSize(PHONE);
      await audit.findsNothing();
      await page.setViewportSize(wide);
    };

    const distributor = await newVisitor(browser, portal, { javaScript });
    await signIn(distributor.page, portal.person({ email: QUOTER }));
    const desk = distributor.page;
    await desk.goto(`/p/${PROGRAM}/inquiries?status=submitted`);
    await desk.getByRole("link", { name: CUSTOMER }).click();
    await desk.getByRole("button", { name: "Make a quote" }).click();
    await desk.getByRole("heading", { level: 1, name: `Draft for ${CUSTOMER}` }).waitFor();
    const path = new URL(desk.url()).pathname;
    await looked(distributor);

    const own = desk.locator('input[name="percent"]');
    assert.equal(await own.count(), 3, "a level of its own for each line");
    await own.first().fill("2.5");
    await desk.getByRole("button", { name: "Save and preview" }).click();
    await desk.getByRole("heading", { level: 1, name: /^Preview for/ }).waitFor();
    const previewed = await prices(desk);
    assert.equal(previewed.length, 3);
    await looked(distributor);
    await desk.getByRole("button", { name: /^Send to/ }).click();
    await desk.getByText("Sent", { exact: true }).first().waitFor();
    assert.equal(new URL(desk.url()).pathname, path);
    await looked(distributor);

    const reseller = await newVisitor(browser, portal, { javaScript });
    await signIn(reseller.page, portal.person({ email: RESELLER }));
    const partner = reseller.page;
    await partner.goto(path);
    assert.deepEqual(await prices(partner), previewed);
    await partner.getByText("Distributor discount").first().waitFor();
    await looked(reseller);
    await partner.getByRole("button", { name: "Accept and order" }).click();
    await partner.waitForURL(/\/orders\//);
    await partner.getByText("Placed", { exact: true }).first().waitFor();
    await looked(reseller);
    await partner.goto(path);
    await partner.getByText("It was accepted; the order is on its way.").waitFor();
  });
}
