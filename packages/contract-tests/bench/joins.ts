import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@platform-api/platform-api";
import { runCommand } from "../simulator/stack.ts";
import { plainRow, type Row } from "./results.ts";
import { type BenchServer, environmentOf, startPlatform } from "./servers.ts";
import { quantile } from "./statistics.ts";
import type { Tokens } from "./tokens.ts";
import { startUpstreams } from "./upstreams.ts";

const GROUP = "10,000 joins of one organization, in four processes";
const PROCESSES = 4;
const ROUNDS = 5;
/** In a round so many join while the owner changes settings, and some while another organization's settings change. */
const JOINS = 2_000;
const APART = 500;
/** How many let Node compile what a join runs. */
const WARMUP = 400;
/** One person makes 60 changes a minute in a process. */
const CHANGE_EVERY_MS = 1_020 / PROCESSES;
const OWNER = "boss";

/** It names no setting, so the owner decides them. */
const ORGANIZATION = {
  id: "acme",
  auth0OrgId: "org_acme",
  domains: ["acme.example"],
  connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme" }],
  members: [{ email: `${OWNER}@acme.example`, role: "owner" }],
};

/** Of the same owner. What its changes take from the machine, those of the first one take too. */
const ANOTHER = { id: "another", members: ORGANIZATION.members };

interface Timed {
  readonly isDone: boolean;
  readonly ms: number;
}

/** The joins of a round beside changes of another organization and of their own, and all changes. */
interface Round {
  readonly apart: readonly Timed[];
  readonly beside: readonly Timed[];
  readonly changes: readonly Timed[];
}

/**
 * People sign in for the first time, which makes them members of one organization, while its owner changes its settings,
 * one change after the other. Times are those of the clients, which share a core with the services behind it.
 */
export async function joinRows(setting: {
  readonly folder: string;
  readonly tokens: Tokens;
  readonly progress: (text: string) => void;
}): Promise<Row[]> {
  const { folder, tokens, progress } = setting;
  const upstreams = await startUpstreams(tokens.jwks);
  const environment = { ...environmentOf(upstreams), ADMIN_CLIENT_IDS: "spa" };
  await prepareOrganization(environment, folder);
  const servers: BenchServer[] = [];
  for (let process = 0; process < PROCESSES; process++) servers.push(await startPlatform(environment));
  progress("signing the tokens of those who join");
  const [owner = "", ...people] = await tokens.signPeople([
    OWNER,
    ...newcomers(WARMUP + ROUNDS * (JOINS + 2 * APART)),
  ]);
  for (const { id } of [ORGANIZATION, ANOTHER]) await change(id, servers[0], owner, 0);
  await joinAll(servers, people.splice(0, WARMUP));
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    progress(
      `${JOINS} joins beside changes of their settings, and of other ones, round ${round} of ${ROUNDS}`,
    );
    const during = (id: string, count: number) =>
      besideChanges(id, servers, owner, joinAll(servers, people.splice(0, count)));
    const before = await during(ANOTHER.id, APART);
    const own = await during(ORGANIZATION.id, JOINS);
    const after = await during(ANOTHER.id, APART);
    rounds.push({
      apart: [...before.joins, ...after.joins],
      beside: own.joins,
      changes: [before, own, after].flatMap(({ changes }) => changes),
    });
  }
  for (const { process } of servers) await process.stop();
  await upstreams.stop();
  return rowsOf(rounds);
}

const newcomers = (count: number) => Array.from({ length: count }, (_, index) => `joins-${index}`);

async function prepareOrganization(environment: Environment, folder: string): Promise<void> {
  const file = join(folder, "one-organization.json");
  writeFileSync(file, JSON.stringify({ organizations: [ORGANIZATION, ANOTHER] }));
  for (const command of ["table create", `org apply ${file} --yes`, "org set acme --jit on"]) {
    const { status, output } = await runCommand(environment, command.split(" "));
    if (status !== 0) throw new Error(output);
  }
}

/** Lets one at a time join in each process. */
async function joinAll(servers: readonly BenchServer[], people: readonly string[]): Promise<Timed[]> {
  const joined: Timed[] = [];
  const queue = people.values();
  const oneByOne = async (server: BenchServer) => {
    for (const token of queue) joined.push(await joinOne(server, token));
  };
  await Promise.all(servers.map(oneByOne));
  return joined;
}

const INPUT = encodeURIComponent(JSON.stringify({ organizationId: "acme" }));

function joinOne(server: BenchServer | undefined, token: string): Promise<Timed> {
  return ask(server, `auth.check?input=${INPUT}`, token, {}, '"allowed":true');
}

function change(
  organizationId: string,
  server: BenchServer | undefined,
  token: string,
  number: number,
): Promise<Timed> {
  const body = JSON.stringify({ organizationId, name: `Name ${number}` });
  return ask(server, "org.update", token, { method: "POST", body }, `"name":"Name ${number}"`);
}

/** Changes a setting until the joins have ended, in one process after the other. */
async function besideChanges(
  organizationId: string,
  servers: readonly BenchServer[],
  owner: string,
  joins: Promise<readonly Timed[]>,
): Promise<{ readonly joins: readonly Timed[]; readonly changes: readonly Timed[] }> {
  const changes: Timed[] = [];
  let areOver = false;
  const over = joins.finally(() => {
    areOver = true;
  });
  while (!areOver) {
    const next = sleep(CHANGE_EVERY_MS);
    const number = changes.length + 1;
    changes.push(await change(organizationId, servers[number % servers.length], owner, number));
    await next;
  }
  return { joins: await over, changes };
}

async function ask(
  server: BenchServer | undefined,
  path: string,
  token: string,
  init: RequestInit,
  wanted: string,
): Promise<Timed> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const beganMs = performance.now();
  const answer = fetch(`${server?.url}/trpc/${path}`, { ...init, headers });
  const text = await answer.then((response) => response.text()).catch(() => ""); // a busy server may hang up
  return { isDone: text.includes(wanted), ms: performance.now() - beganMs };
}

/** All joins and all changes count, and of the p99 the median of the rounds. */
function rowsOf(rounds: readonly Round[]): Row[] {
  const row = (name: string, unit: Row["unit"], limit: Row["limit"], values: readonly number[]) =>
    plainRow({ group: GROUP, name, unit, limit }, values);
  const joins = rounds.flatMap(({ apart, beside }) => [...apart, ...beside]);
  const changes = rounds.flatMap((round) => round.changes);
  return [
    row("have joined", "%", { atLeast: 100 }, [done(joins)]),
    row("changes of settings that succeed", "%", { atLeast: 100 }, [done(changes)]),
    row("slowest change of a setting", "ms", { atMost: 3_000 }, [Math.max(...changes.map(({ ms }) => ms))]),
    row(
      "p99 of a join",
      "ms",
      null,
      rounds.map(({ apart }) => p99(apart)),
    ),
    row(
      "p99 beside changes of their own, by that p99",
      "times",
      { atMost: 1.5 },
      rounds.map(({ apart, beside }) => p99(beside) / p99(apart)),
    ),
  ];
}

function done(timed: readonly Timed[]): number {
  return (100 * timed.filter(({ isDone }) => isDone).length) / timed.length;
}

function p99(timed: readonly Timed[]): number {
  return quantile(
    0.99,
    timed.map(({ ms }) => ms),
  );
}
