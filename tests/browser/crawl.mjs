// Finds a real address for every route, by following links as each kind of person.

/** `/p/{program}/contacts/{contact}` as a pattern for paths; literal parts bind closer. */
export function pattern(route) {
  const parts = route.path.split("/").map((part) => {
    if (/^\{[^}]*[:*].*\}$/.test(part)) return ".+";
    return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
  });
  return new RegExp(`^${parts.join("/")}$`);
}

/** The route that a path belongs to: of those that fit, the one with the fewest parameters. */
export function routeOf(routes, path) {
  const parameters = (route) => (route.path.match(/\{/g) ?? []).length;
  return routes
    .filter((route) => pattern(route).test(path))
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

/** One person for each combination of part, access and programs: the others see the same pages. */
export function oneOfEachKind(people) {
  const kinds = new Map();
  for (const person of people) {
    const kind = [person.part, person.access, [...person.programs].sort()].join("/");
    if (!kinds.has(kind)) kinds.set(kind, person);
  }
  return [...kinds.values()];
}

const ADDRESSES_PER_ROUTE = 5;
const LINK = /<(?:a|area|iframe|link|img|script)\b[^>]*?\s(?:href|src)=["']?([^"'\s>]+)/gi;
const FORM = /<form\b[^>]*>/gi;

/**
 * Follows links from `starts`, by plain requests in the visitor's session, and tells `found` each
 * address that answered 200. Of one route only a few addresses are followed.
 */
export async function crawl(context, portal, routes, starts, found) {
  const queue = [...starts];
  const seen = new Set(queue);
  const followed = new Map();
  while (queue.length > 0) {
    const address = queue.shift();
    const route = routeOf(routes, address.split("?")[0]);
    const times = followed.get(route) ?? 0;
    if (!route || times >= ADDRESSES_PER_ROUTE) continue;
    followed.set(route, times + 1);
    const answer = await context.request.get(address);
    if (answer.status() >= 500) throw new Error(`${address} answered ${answer.status()}`);
    if (answer.status() !== 200) continue;
    found(route, address, answer);
    // A redirect ends elsewhere, and what it ends at is an address of its own.
    const end = answer.url();
    const next = [end, ...links(await html(answer))];
    for (const link of next) {
      const url = new URL(link, end);
      const path = url.pathname + url.search;
      if (url.origin === portal.url && !seen.has(path)) {
        seen.add(path);
        queue.push(path);
      }
    }
  }
}

async function html(answer) {
  return answer.headers()["content-type"]?.startsWith("text/html") ? answer.text() : "";
}

function links(source) {
  const found = [...source.matchAll(LINK)].map((match) => match[1]);
  for (const [form] of source.matchAll(FORM)) {
    const action = form.match(/\saction=["']?([^"'\s>]+)/i);
    // A search form is a link with a question; a POST form's address may be a page as well.
    if (action) found.push(action[1]);
  }
  return found.map((link) => link.replaceAll("&amp;", "&").replace(/#.*$/, "")).filter(Boolean);
}
