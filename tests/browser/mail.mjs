// The demo's mailbox, as somebody with a browser reads it.
import { setTimeout as sleep } from "node:timers/promises";

const MAIL_WITHIN_MS = 20_000;

/** The HTML of a mail that leads to `path` and says these words. */
export async function mailAbout(page, path, words = /./) {
  for (const end = Date.now() + MAIL_WITHIN_MS; Date.now() < end; await sleep(250)) {
    await page.goto("/demo/mail");
    for (const link of await page.getByRole("listitem").getByRole("link").all()) {
      const message = await page.request.get(`${await link.getAttribute("href")}/html`);
      const html = message.ok() ? await message.text() : "";
      if (html.includes(path) && words.test(html)) return html;
    }
  }
  throw new Error(`no mail leads to ${path}`);
}
