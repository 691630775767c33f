// Every address that answers GET is opened by somebody who may: a page is audited in the browser,
// anything else is fetched and must be what its kind says. A route that nobody reaches fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setUpSecondFactor } from "./authenticator.mjs";
import { crawl, oneOfEachKind } from "./crawl.mjs";
import { Portal } from "./portal.mjs";
import { newVisitor, openBrowser, signIn } from "./visitor.mjs";

/** What a GET that is not a page answers with. */
const KINDS = {
  download: /^(text\/(csv|calendar|html|plain)|message\/rfc822|application\/(pdf|json))/,
  feed: /^text\/calendar/,
  asset: /^(text\/css|text\/plain|text\/javascript|application\/javascript|image\/|font\/|application\/manifest)/,
  health: /^(text\/plain|application\/json)/,
};
const MAIL_WITHIN_MS = 20_000;
/** Where nobody is signed in, and what no page links to. */
const OUTSIDE = [
  ...["/", "/sign-in", "/demo/mail", "/demo/mail?q=schedule", "/health/live", "/health/ready"],
  ...["/favicon.ico", "/robots.txt"],
];
/** Of a list only the first few are followed: those that few pages link from come first. */
const RARE = {
  "program manager": ["/p/sophos/partners?status=suspended", "/p/sophos/leads?status=assigned"],
  administrator: ["/p/sophos/leads?status=in_progress", "/p/sophos/leads?source=generated"],
};

const portal = await Portal.start();
const unset = await Portal.startNew();
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await Promise.all([portal.stop(), unset.stop()]);
});

const routes = (await portal.routes()).filter((route) => route.method === "GET");
const addresses = new Map();

async function explore(person, starts, where = portal) {
  const visitor = await newVisitor(browser, where);
  if (person) await signIn(visitor.page, person);
  await exploreAs(visitor, starts, where);
}

async function exploreAs(visitor, starts, where = portal) {
  await crawl(visitor.context, where, routes, starts, (route, address, answer) => {
    // A redirect shows another page, and to the sign-in page it says: not you.
    const end = new URL(answer.url()).pathname;
    const direct = end === address.split("?")[0];
    if (!direct && end === "/sign-in") return;
    // The first who may is enough.
    const known = addresses.get(route);
    if (!known || (direct && !known.direct)) addresses.set(route, { address, visitor, direct });
  });
}

/** A link with a secret comes by mail, and the mailbox shows the mail. */
async function mailArrives(page, email, about) {
  for (const end = Date.now() + MAIL_WITHIN_MS; ; await sleep(250)) {
    await page.goto(`/demo/mail?to=${encodeURIComponent(email)}`);
    if ((await page.getByRole("listitem").filter({ hasText: about }).count()) > 0) return;
    assert.ok(Date.now() < end, `no mail about ${about} for ${email}`);
  }
}

async function askForAPasswordLink(person) {
  const { context, page } = await newVisitor(browser, portal);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: /forgot/i }).click();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByRole("button").last().click();
  await mailArrives(page, person.email, /password/i);
  await context.close();
}

async function inviteAColleague(person) {
  const email = "new.colleague@partner.example";
  const { context, page } = await newVisitor(browser, portal);
  await signIn(page, person);
  await page.goto("/p/sophos/contacts/new");
  await page.getByLabel("Name").fill("New Colleague");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("main").getByRole("button").last().click();
  await page.getByRole("button", { name: /invite/i }).click();
  await mailArrives(page, email, /invitation/i);
  await context.close();
}

/** What only somebody with a second factor sees, half-way in, and what others may do about it. */
async function haveASecondFactor(person, administrator) {
  const inside = await newVisitor(browser, portal);
  await signIn(inside.page, person);
  await setUpSecondFactor(inside.page);
  await exploreAs(inside, ["/account"]);
  const halfway = await newVisitor(browser, portal);
  await signIn(halfway.page, person);
  await exploreAs(halfway, ["/sign-in/code"]);
  const other = await newVisitor(browser, portal);
  await signIn(other.page, administrator);
  await other.page.goto(`/p/sophos/contacts?q=${encodeURIComponent(person.name)}`);
  await other.page.getByRole("link", { name: person.name }).first().click();
  await exploreAs(other, [new URL(other.page.url()).pathname]);
}

/** A calendar's address is shown once, to whoever makes it. */
async function subscribe(person) {
  const visitor = await newVisitor(browser, portal);
  await signIn(visitor.page, person);
  await visitor.page.goto("/p/sophos/renewals/calendar");
  await visitor.page.getByRole("button", { name: "Make a secret address" }).click();
  await visitor.audit.findsNothing();
  const address = new URL(await visitor.page.getByLabel("Address").inputValue()).pathname;
  await exploreAs(visitor, [address]);
}

const inProgram = (person) => person.programs.includes("sophos");
await askForAPasswordLink(portal.people[0]);
await inviteAColleague(portal.person({ part: "partner", access: "administrator" }, inProgram));
await explore(undefined, OUTSIDE);
for (const person of oneOfEachKind(portal.people)) {
  await explore(person, [...(RARE[person.access] ?? []), "/"]);
}
// Before somebody needs a code to sign in.
await subscribe(portal.person({ part: "partner" }, inProgram));
const administrators = portal.people.filter(
  (person) => person.part === "partner" && person.access === "administrator" && inProgram(person),
);
const colleague = portal.person({ part: "partner" }, (person) =>
  administrators.some((one) => one.organisation === person.organisation && one.email !== person.email),
);
await haveASecondFactor(
  colleague,
  administrators.find((one) => one.organisation === colleague.organisation && one.email !== colleague.email),
);
// By now the mails with attachments have gone out.
await explore(undefined, ["/demo/mail?q=schedule"]);
await explore(undefined, [new URL(unset.setUpLink).pathname], unset);

before(() => assert.ok(routes.length > 0, "`portal routes --json` lists nothing"));

for (const route of routes) {
  test(`${route.kind} ${route.path}`, async () => {
    const known = addresses.get(route);
    assert.ok(known, `nobody in the demo reaches it; it is for: ${JSON.stringify(route.who)}`);
    const { page, audit, context } = known.visitor;
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
