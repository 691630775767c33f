// A portal of its own for each test, on a fresh folder and a free port: mostly the demo.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const BINARY = resolve(process.env.PORTAL ?? "target/debug/portal");
const READY_WITHIN_MS = 60_000;
const run = promisify(execFile);

/** The eve of the first change that the demo's packs know. */
export const AS_OF = "2023-09-17";

export class Portal {
  static async start({ asOf = AS_OF } = {}) {
    const portal = await Portal.#serve("demo", "--as-of", asOf);
    portal.people = await portal.json("demo", "people", "--json");
    return portal;
  }

  /** A portal that nobody has set up, and the link with which it is. */
  static async startNew() {
    const portal = await Portal.#serve("serve");
    for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(50)) {
      portal.setUpLink = portal.output.match(/http:\S+\/set-up\/\S+/)?.[0];
      if (portal.setUpLink) return portal;
    }
    await portal.stop();
    throw new Error(`no link for the set-up in:\n${portal.output}`);
  }

  static async #serve(command, ...more) {
    const data = await mkdtemp(join(tmpdir(), "portal-"));
    const port = await freePort();
    const server = spawn(BINARY, [command, "--data", data, "--port", `${port}`, ...more], {
      stdio: ["ignore", "pipe", "pipe"],
      // The tests open every page as everyone, faster than a person would.
      env: { ...process.env, PORTAL_EXPORTS_AN_HOUR: "1000", PORTAL_RECORDS_A_MINUTE: "10000" },
    });
    const portal = new Portal(server, data, `http://127.0.0.1:${port}`);
    try {
      await portal.#ready();
    } catch (error) {
      await portal.stop();
      throw error;
    }
    return portal;
  }

  constructor(server, data, url) {
    this.server = server;
    this.data = data;
    this.url = url;
    this.output = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => (this.output += text));
    }
    this.endWithUs = () => server.kill("SIGKILL");
    process.once("exit", this.endWithUs);
  }

  async #ready() {
    let failed;
    this.server.once("error", (error) => (failed = error));
    for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(50)) {
      if (failed) throw new Error(`${BINARY} does not start: ${failed.message}`);
      if (this.server.exitCode !== null) {
        throw new Error(`it ended with exit ${this.server.exitCode}:\n${this.output}`);
      }
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
    }
    throw new Error(`it was not ready in ${READY_WITHIN_MS} ms:\n${this.output}`);
  }

  /** Runs the command line beside the server, on the same folder. */
  async command(...words) {
    const { stdout } = await run(BINARY, [...words, "--data", this.data]);
    return stdout;
  }

  async json(...words) {
    return JSON.parse(await this.command(...words));
  }

  /** Every route; the command needs no database. */
  async routes() {
    const { stdout } = await run(BINARY, ["routes", "--json"]);
    return JSON.parse(stdout);
  }

  /** The first person of whom all of this is true: `{ part: "partner", access: "administrator" }`. */
  person(wanted, also = () => true) {
    const found = this.people.find(
      (person) => Object.entries(wanted).every(([key, value]) => person[key] === value) && also(person),
    );
    if (!found) throw new Error(`the demo has nobody like ${JSON.stringify(wanted)}`);
    return found;
  }

  async stop() {
    process.removeListener("exit", this.endWithUs);
    if (this.server.pid && this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, "exit");
      this.server.kill("SIGTERM");
      const kill = setTimeout(() => this.server.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(kill);
    }
    await rm(this.data, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
