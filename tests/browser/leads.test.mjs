// A lead as people hand it on: the account manager enters and assigns it, the partner gets a mail
// without the details, opens it, accepts it, works on it and ends it; whoever handed it out is told.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { mailAbout } from "./mail.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

const PROGRAM = "sophos";
const COMPANY = "Kasteelhoeve Proef";
const INTEREST = "Firewalls for a test farm";
/** Has own leads that nobody has worked on for long. */
const ENDING = "Aalst Networks";

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

    await partner.page.getByRole("button", { name: "Accept" }).click();
    await partner.page.getByText("The lead is accepted.").waitFor();
    await partner.page.getByRole("button", { name: "Begin work" }).click();
    await partner.page.getByText("Work on the lead has begun.").waitFor();
    await partner.page.getByLabel("What it was").selectOption("Call");
    await partner.page.getByLabel("Note", { exact: true }).fill("They want a quote");
    await partner.page.getByLabel("Next step").fill("Send the quote");
    await partner.page.getByRole("button", { name: "Add the note" }).click();
    await partner.page.getByText("The note is added.").waitFor();
    assert.ok((await partner.page.content()).includes("Send the quote"), "the next step stands there");
    if (javaScript) await partner.audit.findsNothing();
    partner.audit.expect("the server responded with a status of 422");
    await partner.page.getByRole("link", { name: "Mark as lost" }).click();
    await partner.page.getByRole("button", { name: "Mark as lost" }).click();
    await partner.page.getByText("Enter a reason.").first().waitFor();
    if (javaScript) await partner.audit.findsNothing();
    await partner.page.getByLabel("Reason").fill("They keep what they have");
    await partner.page.getByRole("button", { name: "Mark as lost" }).click();
    await partner.page.getByText("The lead is marked as lost.").waitFor();
    await vendor.page.goto(path);
    assert.ok((await vendor.page.content()).includes("They keep what they have"), "the vendor reads why");
    const told = await mailAbout(vendor.page, path, /lost Kasteelhoeve/);
    assert.ok(told.includes("They keep what they have"), "and is told by mail");
  });

  test(`many leads that end soon are kept or closed at once, ${how}`, async (t) => {
    const portal = await Portal.start();
    t.after(() => portal.stop());
    const owner = portal.person({ part: "partner", organisation: ENDING }, (person) =>
      person.programs.includes(PROGRAM),
    );
    const visitor = await newVisitor(browser, portal, { javaScript });
    await signIn(visitor.page, owner);
    visitor.audit.expect("the server responded with a status of 422");
    await visitor.page.goto(`/p/${PROGRAM}/leads`);
    await visitor.page.getByRole("link", { name: "End soon" }).click();
    const boxes = visitor.page.getByRole("checkbox");
    const found = await boxes.count();
    assert.ok(found > 1, `${ENDING} has leads that end soon`);
    if (javaScript) await visitor.audit.findsNothing();
    await boxes.first().check();
    await visitor.page.getByRole("button", { name: "Close them" }).click();
    await visitor.page.getByText("Enter a reason.").first().waitFor();
    assert.ok(await boxes.first().isChecked(), "what was chosen stays so");
    await visitor.page.getByLabel("Note or reason").fill("They have no budget");
    await visitor.page.getByRole("button", { name: "Close them" }).click();
    await visitor.page.getByText("The lead is closed.").waitFor();
    assert.equal(await boxes.count(), found - 1);
    for (const box of await boxes.all()) await box.check();
    await visitor.page.getByRole("button", { name: "Work on them goes on" }).click();
    await visitor.page.getByText("No lead ends soon").waitFor();
    await visitor.page.goto(`/p/${PROGRAM}/leads/figures`);
    if (javaScript) await visitor.audit.findsNothing();
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

/** The HTML of the mail that leads to the lead, and has these words. */
