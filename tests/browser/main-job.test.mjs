// The main job, as people do it: a partner's administrator says who gets renewal mail, the vendor's
// back office imports an order, the day comes, and the mail reaches whom the administrator chose.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { orderFile } from "./orders.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

/** Twelve months from the first day end on 18 October 2023; the ladder's rung of 30 days follows. */
const ACTIVATED_ON = "2022-10-19";
const THIRTY_DAYS_BEFORE = "2023-09-18";
const PROGRAM = "sophos";
const CUSTOMER = "Brouwerij De Proef";
const MAIL_WITHIN_MS = 20_000;

const browser = await openBrowser();
after(() => browser.close());

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  test(`contact roles decide who gets the renewal mail, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const inProgram = (person) => person.programs.includes(PROGRAM);
    const administrator = portal.person({ part: "partner", access: "administrator" }, inProgram);
    const backOffice = portal.person({ part: "vendor", access: "back office" }, inProgram);
    const distributor = portal.person({ part: "distributor" }, inProgram).organisation;
    const open = async (person) => {
      const visitor = await newVisitor(browser, portal, { javaScript });
      await signIn(visitor.page, person);
      return visitor;
    };

    const desk = await open(administrator);
    const [chosen, others] = await chooseForRenewals(desk.page);
    if (javaScript) await desk.audit.findsNothing();

    const office = await open(backOffice);
    await importOrders(
      office.page,
      orderFile({
        program: PROGRAM,
        distributor,
        reseller: administrator.organisation,
        customer: CUSTOMER,
        activatedOn: ACTIVATED_ON,
      }),
    );
    if (javaScript) await office.audit.findsNothing();

    await portal.command("sweep", "renewals", "--as-of", THIRTY_DAYS_BEFORE);
    const [mail] = await mailsAbout(desk.page, chosen, 1);
    assert.ok(mail, `${chosen} gets a renewal mail`);
    await readMail(desk.page, mail);
    for (const other of others) {
      assert.deepEqual(await mailsAbout(desk.page, other), [], `${other} does not hold the role`);
    }

    await portal.command("sweep", "renewals", "--as-of", THIRTY_DAYS_BEFORE);
    await sleep(1_000);
    const mails = await mailsAbout(desk.page, chosen);
    assert.deepEqual(mails, [mail], "a second sweep sends nothing");
  });
}

/** Gives the role to the last contact of the list alone; returns its address and the others'. */
async function chooseForRenewals(page) {
  await page.goto(`/p/${PROGRAM}/roles`);
  const rows = page.getByRole("row").filter({ has: page.getByLabel(/^Renewals for /) });
  const count = await rows.count();
  assert.ok(count >= 2, "the partner has at least two contacts");
  const emails = [];
  for (let index = 0; index < count; index += 1) {
    const row = rows.nth(index);
    emails.push((await row.innerText()).match(/[\w.+-]+@[\w.-]+\w/)[0]);
    await row.getByLabel(/^Renewals for /).setChecked(index === count - 1);
  }
  await page.getByRole("button", { name: "Save roles" }).click();
  await page.getByRole("status").first().waitFor();
  await page.reload();
  for (let index = 0; index < count; index += 1) {
    const ticked = await rows.nth(index).getByLabel(/^Renewals for /).isChecked();
    assert.equal(ticked, index === count - 1, `the role of ${emails[index]} is saved`);
  }
  return [emails.at(-1), emails.slice(0, -1)];
}

async function importOrders(page, file) {
  await page.goto(`/p/${PROGRAM}/orders/import`);
  await page.getByLabel("Order file").setInputFiles(file);
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText(CUSTOMER).first().waitFor();
  // A file field is empty on the page that shows what would change.
  const field = page.getByLabel("Order file");
  if ((await field.count()) > 0) await field.setInputFiles(file);
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByRole("status").first().waitFor();
}

/** The addresses of the mails to somebody that name the customer: the demo sends others as well. */
async function mailsAbout(page, email, atLeast = 0) {
  for (const end = Date.now() + MAIL_WITHIN_MS; ; await sleep(250)) {
    await page.goto(`/demo/mail?to=${encodeURIComponent(email)}`);
    const links = await page.getByRole("listitem").getByRole("link").all();
    const found = [];
    for (const link of links) {
      const address = await link.getAttribute("href");
      const message = await page.request.get(`${address}/html`).catch(() => undefined);
      if (message?.ok() && (await message.text()).includes(CUSTOMER)) found.push(address);
    }
    if (found.length >= atLeast || Date.now() > end) return found;
  }
}

async function readMail(page, address) {
  await page.goto(address);
  const parts = await Promise.all(page.frames().map((frame) => frame.locator("body").innerText()));
  const text = parts.join("\n");
  assert.match(text, new RegExp(CUSTOMER), "the mail names the customer");
  assert.match(text, /You get this because you hold the role Renewals/, "the mail says why");
}
