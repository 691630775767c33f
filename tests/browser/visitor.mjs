// A person with a browser: Debian's Chromium, one context for each visitor.
import { chromium } from "playwright-core";
import { PageAudit } from "./audit.mjs";

const FLAGS = [
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
    chromiumSandbox: false,
  });
}

/** A fresh browser profile at `portal`, watched for errors from its first page on. */
export async function newVisitor(browser, portal, { javaScript = true } = {}) {
  const context = await browser.newContext({
    baseURL: portal.url,
    viewport: WIDE,
    javaScriptEnabled: javaScript,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return { context, page, audit: new PageAudit(page) };
}

export async function signIn(page, person) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}
