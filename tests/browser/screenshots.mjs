// The pages that the documentation shows, from the demo. Run by scripts/screenshots.
import { mkdir } from "node:fs/promises";
import { orderFile } from "./orders.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, PHONE, signIn, WIDE } from "./visitor.mjs";

const FOLDER = process.env.SCREENSHOTS ?? "docs/screenshots";
const PROGRAM = "sophos";
const HOME = `/p/${PROGRAM}`;

const portal = await Portal.start();
const browser = await openBrowser();
const inProgram = (person) => person.programs.includes(PROGRAM);
const administrator = portal.person({ part: "partner", access: "administrator" }, inProgram);
const backOffice = portal.person({ part: "vendor", access: "back office" }, inProgram);

const goTo = (address) => async (page) => {
  const answer = await page.goto(address);
  if (answer.status() !== 200) throw new Error(`${address} answered ${answer.status()}`);
};

/** A file that is right, checked and not yet imported. */
async function checkOrders(page) {
  const distributor = portal.person({ part: "distributor" }, inProgram).organisation;
  await goTo(`${HOME}/orders/import`)(page);
  await page.getByLabel("Order file").setInputFiles(
    orderFile({
      program: PROGRAM,
      distributor,
      reseller: administrator.organisation,
      customer: "Brouwerij De Proef",
      activatedOn: "2023-09-12",
    }),
  );
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("The file is right").waitFor();
}

async function openRenewalMail(page) {
  await goTo("/demo/mail")(page);
  await page.getByRole("listitem").getByRole("link", { name: /end soon/ }).first().click();
  await page.frameLocator("iframe").getByRole("heading").first().waitFor();
}

/** Name, who sees it, how they come there, and on what. */
const PICTURES = [
  ["start", administrator, goTo(HOME), WIDE, "light"],
  ["contact-roles", administrator, goTo(`${HOME}/roles`), WIDE, "light"],
  ["renewals-phone", administrator, goTo(`${HOME}/renewals`), PHONE, "light"],
  ["renewals-dark", administrator, goTo(`${HOME}/renewals`), WIDE, "dark"],
  ["order-check", backOffice, checkOrders, WIDE, "light"],
  ["mail", undefined, openRenewalMail, WIDE, "light"],
];

try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, who, open, viewport, colorScheme] of PICTURES) {
    const { context, page } = await newVisitor(browser, portal);
    if (who) await signIn(page, who);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await open(page);
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
    await context.close();
    console.log(`${FOLDER}/${name}.png`);
  }
} finally {
  await browser.close();
  await portal.stop();
}
