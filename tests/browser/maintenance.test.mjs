// A maintenance window from its eve until it is over: the demo's clock is stepped by the bar's buttons,
// and what stops says so in the place where it would be done.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, PHONE, signIn } from "./visitor.mjs";

const HOME = "/p/sophos";
/** A reseller with a quote to answer, and who quoted. */
const RESELLER = "sven.wouters@aalst-networks.example";
const QUOTER = "julie.wouters@kappa-data.example";
const CUSTOMER = "Sint-Niklaas Logistics";

const browser = await openBrowser();
after(() => browser.close());

test("a window is announced, stops what it names, and is over by the clock", async (t) => {
  const portal = await Portal.start();
  t.after(() => portal.stop());
  const looked = async ({ page, audit }) => {
    await audit.findsNothing();
    const wide = page.viewportSize();
    await page.setViewportSize(PHONE);
    await audit.findsNothing();
    await page.setViewportSize(wide);
  };
  const reseller = await newVisitor(browser, portal);
  const { page } = reseller;
  await signIn(page, portal.person({ email: RESELLER }));
  await page.goto(HOME);
  await page.locator(".bar.info", { hasText: "2023" }).waitFor();
  await looked(reseller);
  await page.getByRole("link", { name: /^Read more/ }).click();
  await page.getByRole("heading", { level: 1, name: /^Maintenance from/ }).waitFor();
  await looked(reseller);

  await page.goto(`${HOME}/quotes?status=sent`);
  await page.getByRole("link", { name: CUSTOMER }).click();
  const quote = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Accept and order" }).waitFor();
  await page.getByText(/days longer, because quotes are stopped/).waitFor();
  await looked(reseller);

  const step = async (label, day) => {
    await page.getByRole("button", { name: label }).click();
    // The reseller reads Dutch dates.
    const written = new RegExp(day.replace("October", "oktober"), "i");
    await page.locator(".bar.demo", { hasText: written }).waitFor();
  };
  await step("Next week", "24 September 2023");
  await step("Next week", "1 October 2023");
  await step("Next day", "2 October 2023");
  await page.goto(quote);
  await page.locator(".bar.warn", { hasText: "2023" }).waitFor();
  await page.locator(".flash.warn", { hasText: "Quotes are stopped for maintenance" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Accept and order" }).count(), 0);
  await looked(reseller);

  const distributor = await newVisitor(browser, portal);
  const desk = distributor.page;
  await signIn(desk, portal.person({ email: QUOTER }));
  await desk.goto(quote);
  await desk.getByRole("button", { name: "Begin a new revision" }).click();
  await desk.getByRole("heading", { level: 1, name: `Draft for ${CUSTOMER}` }).waitFor();
  await looked(distributor);
  // A browser writes every answer of this kind to its console.
  distributor.audit.expect("the server responded with a status of 503");
  await desk.getByRole("link", { name: "As it is saved" }).click();
  await desk.getByRole("heading", { level: 1, name: "Quotes are stopped for maintenance" }).waitFor();
  await looked(distributor);

  await step("Next week", "9 October 2023");
  for (const day of [10, 11, 12]) await step("Next day", `${day} October 2023`);
  await page.goto(quote);
  assert.equal(await page.locator(".bar.warn").count(), 0);
  await page.getByRole("button", { name: "Accept and order" }).waitFor();
  await page.goto(`${HOME}/maintenance`);
  await page.locator("main .status", { hasText: "Over" }).first().waitFor();
  await looked(reseller);
});
