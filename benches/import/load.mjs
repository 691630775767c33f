// An order file beside people who sign in: how long the file takes, and how long they wait. Uses the
// demo's people on a folder of its own, on SQLite.
//
//   PORTAL=target/release/portal node benches/import/load.mjs [LINES] [SIGN-INS A SECOND]
//
// Exits with 1 where a bar is missed: 60 s, and 300 ms for the slowest hundredth of the sign-ins.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const BINARY = resolve(process.env.PORTAL ?? "target/release/portal");
const [lines = 100_000, perSecond = 10] = process.argv.slice(2).map(Number);
const LINES_OF_AN_ORDER = 4;
const run = promisify(execFile);

const data = await mkdtemp(join(tmpdir(), "portal-import-"));
const server = spawn(BINARY, ["demo", "--as-of", "2023-09-17", "--data", data, "--port", "0"], {
  stdio: ["ignore", "pipe", "ignore"],
});
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  server.kill("SIGTERM");
  await once(server, "exit");
  await rm(data, { recursive: true });
}

async function measure() {
  const url = await address();
  const { stdout } = await run(BINARY, ["demo", "people", "--json", "--data", data]);
  const people = JSON.parse(stdout);
  const file = join(data, "orders.csv");
  await writeFile(file, orders());

  const quiet = [];
  for (const person of people.slice(0, 20)) quiet.push(await signIn(url, person));
  const importing = run(BINARY, ["import", "orders", file, "--data", data]);
  const began = performance.now();
  let over = false;
  const done = importing.finally(() => (over = true));
  const waits = [];
  const under_way = [];
  for (let turn = 0; !over; turn++) {
    under_way.push(signIn(url, people[turn % people.length]).then((wait) => waits.push(wait)));
    await sleep(1000 / perSecond);
  }
  const { stdout: said } = await done;
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(under_way);
  const slowest = hundredth(waits);
  console.log(said.trim().split("\n").at(-1));
  console.log(`${lines} lines in ${seconds.toFixed(1)} s: ${Math.round(lines / seconds)} a second`);
  console.log(`sign-ins beside it: ${waits.length}, p50 ${half(waits)} ms, p99 ${slowest} ms`);
  console.log(`sign-ins before it: p50 ${half(quiet)} ms, p99 ${hundredth(quiet)} ms`);
  return seconds < 60 && slowest < 300;
}

async function address() {
  let text = "";
  for await (const piece of server.stdout.setEncoding("utf8")) {
    text += piece;
    const found = text.match(/ready at (http:\S+)/);
    if (found) {
      server.stdout.resume();
      return found[1];
    }
  }
  throw new Error(`the demo did not start:\n${text}`);
}

/** Gives how long it took, in milliseconds. */
async function signIn(url, { email, password }) {
  const began = performance.now();
  const answer = await fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ email, password }),
  });
  if (answer.status !== 303) throw new Error(`${email} was answered ${answer.status}`);
  return performance.now() - began;
}

/** Orders of four lines each, for as many customers, within the last year. */
function orders() {
  const heads =
    "external_number,program,distributor,delivery,reseller,customer,customer_country,product,sku," +
    "quantity,months,kind,released_at,processed_at,activated_on,serial_number,unit_price,renews";
  const products = [["EPUSRZ", "12"], ["SVSRVZ", "36"], ["MBDEVZ", "24"], ["EMUSRZ", "1"]];
  const rows = [heads];
  for (let line = 0; line < lines; line++) {
    const order = Math.floor(line / LINES_OF_AN_ORDER);
    const [product, months] = products[line % products.length];
    const day = new Date(Date.UTC(2022, 8, 18 + (order % 360), 10)).toISOString().replace(".000", "");
    rows.push(
      `LOAD-${order},sophos,Kappa Data,,Moselle Systems,Customer ${order},LU,${product},` +
        `${product}-${months},${1 + (line % 40)},${months},new,${day},${day},,,34.50,`,
    );
  }
  return rows.join("\n") + "\n";
}

function half(waits) {
  return at(waits, 0.5);
}

function hundredth(waits) {
  return at(waits, 0.99);
}

function at(waits, share) {
  const sorted = [...waits].sort((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}
