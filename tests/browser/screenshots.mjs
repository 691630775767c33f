// The pages that the documentation shows, from the demo. Run by scripts/screenshots.
import { mkdir } from "node:fs/promises";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, screenshots, signIn } from "./visitor.mjs";

const FOLDER = process.env.SCREENSHOTS ?? "docs/screenshots";
const PROGRAM = "sophos";
const ADMINISTRATOR = { part: "partner", access: "administrator" };
const BACK_OFFICE = { part: "vendor", access: "back office" };

/** Name, who opens it, address. */
const PAGES = [
  ["sign-in", undefined, "/sign-in"],
  ["start", ADMINISTRATOR, `/p/${PROGRAM}`],
  ["contact-roles", ADMINISTRATOR, `/p/${PROGRAM}/roles`],
  ["licences", ADMINISTRATOR, `/p/${PROGRAM}/licences`],
  ["renewals", ADMINISTRATOR, `/p/${PROGRAM}/renewals`],
  ["order-import", BACK_OFFICE, `/p/${PROGRAM}/orders/import`],
  ["mailbox", undefined, "/demo/mail"],
];

const portal = await Portal.start();
const browser = await openBrowser();
const inProgram = (person) => person.programs.includes(PROGRAM);
try {
  await mkdir(FOLDER, { recursive: true });
  const visitors = new Map();
  for (const [name, who, address] of PAGES) {
    if (!visitors.has(who)) {
      const visitor = await newVisitor(browser, portal);
      if (who) await signIn(visitor.page, portal.person(who, inProgram));
      visitors.set(who, visitor);
    }
    const { page } = visitors.get(who);
    const answer = await page.goto(address);
    if (answer.status() !== 200) throw new Error(`${address} answered ${answer.status()}`);
    await screenshots(page, name, FOLDER);
    console.log(`${FOLDER}/${name}.png`);
  }
} finally {
  await browser.close();
  await portal.stop();
}
