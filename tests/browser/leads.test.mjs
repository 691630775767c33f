// A lead as people hand it on: the account manager enters and assigns it, the partner gets a mail
// without the details, opens it, and everyone there sees who did.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

const PROGRAM = "sophos";
const COMPANY = "Kasteelhoeve Proef";
const INTEREST = "Firewalls for a test farm";
const MAIL_WITHIN_MS = 20_000;

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  test(`a lead goes from the vendor to a partner that opens it, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const inProgram = (person) => person.programs.includes(PROGRAM);
    const manager = portal.person({ part: "vendor", access: "channel account manager" }, inProgram);
    const owner = portal.person({ part: "partner", access: "administrator" }, inProgram);
    const open = async (person) => {
      const visitor = await newVisitor(browser, portal, { javaScript });
      await signIn(visitor.page, person);
      return visitor;
    };

    const vendor = await open(manager);
    await enter(vendor.page);
    await vendor.page.getByRole("link", { name: "Assign to a partner" }).click();
    await vendor.page.getByLabel("Partner's name").fill(owner.organisation);
    await vendor.page.getByRole("button", { name: "Apply" }).click();
    await vendor.page.getByLabel(owner.organisation).check();
    await vendor.page.getByRole("button", { name: "Assign" }).click();
    await vendor.page.getByText(`The lead went to ${owner.organisation}.`).waitFor();
    const path = new URL(vendor.page.url()).pathname;
    if (javaScript) await vendor.audit.findsNothing();

    const partner = await open(owner);
    await partner.page.goto(path);
    assert.ok(!(await partner.page.content()).includes(COMPANY), "the details are hidden");
    const mail = await mailAbout(partner.page, path);
    assert.ok(mail.includes(INTEREST), "the mail says what it is about");
    assert.ok(!mail.includes(COMPANY), "and not who it is");
    await partner.page.goto(path);
    await partner.page.getByRole("button", { name: "Open the lead" }).click();
    await partner.page.getByRole("heading", { level: 1, name: COMPANY }).waitFor();
    assert.ok((await partner.page.content()).includes(owner.name), "who opened it stands there");
    if (javaScript) await partner.audit.findsNothing();
  });
}

async function enter(page) {
  await page.goto(`/p/${PROGRAM}/leads/new`);
  const fields = {
    Company: COMPANY,
    Contact: "Tine Proef",
    "E-mail address": "tine@kasteelhoeve.example",
    Country: "BE",
    Interest: INTEREST,
  };
  for (const [label, text] of Object.entries(fields)) {
    await page.locator("main").getByLabel(label).first().fill(text);
  }
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByRole("heading", { level: 1, name: COMPANY }).waitFor();
}

/** The HTML of the mail that leads to the lead. */
async function mailAbout(page, path) {
  for (const end = Date.now() + MAIL_WITHIN_MS; Date.now() < end; await sleep(250)) {
    await page.goto("/demo/mail");
    for (const link of await page.getByRole("listitem").getByRole("link").all()) {
      const message = await page.request.get(`${await link.getAttribute("href")}/html`);
      const html = message.ok() ? await message.text() : "";
      if (html.includes(path)) return html;
    }
  }
  throw new Error(`no mail leads to ${path}`);
}
