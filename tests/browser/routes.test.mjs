// Every address that answers GET is opened by somebody who may: a page is audited in the browser,
// anything else is fetched and must be what its kind says. A route that nobody reaches fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { crawl, oneOfEachKind } from "./crawl.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

/** What a GET that is not a page answers with. */
const KINDS = {
  download: /^(text\/(csv|calendar|html|plain)|message\/rfc822|application\/(pdf|json))/,
  asset: /^(text\/css|text\/javascript|application\/javascript|image\/|font\/|application\/manifest)/,
  health: /^(text\/plain|application\/json)/,
};
/** Where nobody is signed in, and what no page links to. */
const MAIL_WITHIN_MS = 20_000;
const OUTSIDE = ["/", "/sign-in", "/demo/mail", "/health/live", "/health/ready"];

const portal = await Portal.start();
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await portal.stop();
});

const routes = (await portal.routes()).filter((route) => route.method === "GET");
const visitors = new Map();
const addresses = new Map();

async function explore(person, starts) {
  const visitor = await newVisitor(browser, portal);
  visitors.set(person, visitor);
  if (person) await signIn(visitor.page, person);
  await crawl(visitor.context, portal, routes, starts, (route, address, answer) => {
    // A redirect shows another page, and to the sign-in page it says: not you.
    const end = new URL(answer.url()).pathname;
    const direct = end === address.split("?")[0];
    if (!direct && end === "/sign-in") return;
    // The first who may is enough.
    const known = addresses.get(route);
    if (!known || (direct && !known.direct)) addresses.set(route, { address, person, direct });
  });
}

/** A link with a secret comes by mail, and the mailbox shows the mail. */
async function askForAPasswordLink(person) {
  const { context, page } = await newVisitor(browser, portal);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: /forgot/i }).click();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByRole("button").last().click();
  const mailbox = `/demo/mail?to=${encodeURIComponent(person.email)}`;
  for (const end = Date.now() + MAIL_WITHIN_MS; ; await sleep(250)) {
    await page.goto(mailbox);
    if ((await page.getByRole("listitem").filter({ hasText: /password/i }).count()) > 0) break;
    assert.ok(Date.now() < end, `no mail with a password link for ${person.email}`);
  }
  await context.close();
}

await askForAPasswordLink(portal.people[0]);
await explore(undefined, OUTSIDE);
for (const person of oneOfEachKind(portal.people)) await explore(person, ["/"]);

before(() => assert.ok(routes.length > 0, "`portal routes --json` lists nothing"));

for (const route of routes) {
  test(`${route.kind} ${route.path}`, async () => {
    const known = addresses.get(route);
    assert.ok(known, `nobody in the demo reaches it; it is for: ${JSON.stringify(route.who)}`);
    const { page, audit, context } = visitors.get(known.person);
    if (route.kind === "page") {
      const answer = await page.goto(known.address);
      assert.equal(answer.status(), 200);
      await audit.findsNothing();
      return;
    }
    assert.ok(route.kind in KINDS, `a GET of the kind "${route.kind}"`);
    const answer = await context.request.get(known.address);
    assert.equal(answer.status(), 200);
    assert.match(answer.headers()["content-type"] ?? "", KINDS[route.kind]);
  });
}
