// An authenticator app (RFC 6238), and the way through the pages that set one up.
import { createHmac } from "node:crypto";

export const STEP_MS = 30_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Six digits of the secret (base 32); phones keep the real time, whatever day the demo is at. */
export function codeAt(secret, at = Date.now()) {
  const five = (letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0");
  const bits = [...secret].map(five).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = mac.at(-1) & 15;
  return `${(mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000}`.padStart(6, "0");
}

/** The secret as the page shows it to whoever cannot read the picture. */
export async function secretOn(page) {
  await page.getByText("Type the key instead").click();
  return (await page.locator("code.secret").innerText()).replace(/\s/g, "");
}

/** Sets a second factor up for whoever is signed in. */
export async function setUpSecondFactor(page) {
  await page.goto("/account/second-factor");
  await page.getByRole("button", { name: "Begin" }).click();
  const secret = await secretOn(page);
  await page.getByLabel("Code", { exact: true }).fill(codeAt(secret));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
}
