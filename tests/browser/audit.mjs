// What no page may have: an accessibility violation, invalid HTML, an error in the console,
// a breach of its own content security policy, or a line that a narrow screen cannot show.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Contrast differs by colour scheme, target size and order by width. */
const LOOKS = [
  { name: "wide and light", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  { name: "narrow and dark", viewport: { width: 320, height: 800 }, colorScheme: "dark" },
];

const html = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // How a template is laid out, not what it means.
    "attribute-boolean-style": "off",
    "doctype-style": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "tel-non-breaking": "off",
    "void-style": "off",
    // A list is sent as one field, repeated, hidden fields too: the rule cannot allow those.
    "form-dup-name": "off",
  },
});

export class PageAudit {
  #page;
  #errors = [];
  #expected = [];
  #document;

  constructor(page) {
    this.#page = page;
    page.on("pageerror", (error) => this.#errors.push(`script: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.#errors.push(`console: ${message.text()}`);
    });
    page.on("requestfailed", (request) => {
      // A download ends its navigation; that is no failure.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") {
        this.#errors.push(`request: ${request.url()} ${request.failure()?.errorText}`);
      }
    });
    page.on("response", (response) => {
      const request = response.request();
      const moved = response.status() >= 300 && response.status() < 400;
      if (request.isNavigationRequest() && response.frame() === page.mainFrame() && !moved) {
        this.#document = response.text().catch(() => "");
      }
    });
  }

  /** What is said from now on with these words is no fault. */
  expect(words) {
    this.#expected.push(words);
  }

  /** Fails with everything that is wrong with the page as it stands. */
  async findsNothing() {
    const errors = this.#errors.filter((one) => !this.#expected.some((words) => one.includes(words)));
    const found = [...(await this.#invalidHtml()), ...(await this.#violations()), ...errors];
    this.#errors = [];
    assert.ok(found.length === 0, `${this.#page.url()}\n  ${found.join("\n  ")}`);
  }

  async #invalidHtml() {
    const source = await this.#document;
    if (!source) return ["html: nothing was served"];
    const { results } = await html.validateString(source);
    return results.flatMap((result) =>
      result.messages.map((m) => `html: line ${m.line}: ${m.message} (${m.ruleId})`),
    );
  }

  async #violations() {
    const found = [];
    for (const { name, viewport, colorScheme } of LOOKS) {
      await this.#page.setViewportSize(viewport);
      await this.#page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      found.push(...(await this.#axe(name)), ...(await this.#overflow(name)));
    }
    await this.#page.setViewportSize(LOOKS[0].viewport);
    await this.#page.emulateMedia({ colorScheme: null });
    return found;
  }

  async #axe(look) {
    await this.#page.evaluate(AXE);
    const violations = await this.#page.evaluate(
      async (values) =>
        (await globalThis.axe.run(document, { runOnly: { type: "tag", values } })).violations,
      STANDARDS,
    );
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `axe, ${look}: ${violation.id}: ${violation.help}: ${node.target.join(" ")}`,
      ),
    );
  }

  async #overflow(look) {
    const over = await this.#page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    return over > 0 ? [`layout, ${look}: the page is ${over} px wider than the screen`] : [];
  }
}
