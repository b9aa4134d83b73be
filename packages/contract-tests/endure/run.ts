import { setTimeout as sleep } from "node:timers/promises";
import { MAIN } from "../simulator/served-process.ts";
import { prepareCast } from "./cast.ts";
import { createClients } from "./exchange.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createLoad, sendOpenLoop } from "./load.ts";
import type { Person } from "./people.ts";
import type { Phase, Plan } from "./phases.ts";
import { BLOCKED_A_PHASE } from "./revocations.ts";
import type { Measured } from "./served.ts";
import { type Staging, stage } from "./stage.ts";
import { readStored, type Stored } from "./stored.ts";
import { startWorld, type World } from "./world.ts";

const SECOND_MS = 1_000;
const SETTLE_MS = 15_000;

/** What a run saw. Times are milliseconds since the load began. */
export interface Run {
  readonly plan: Plan;
  readonly ledger: Ledger;
  /** How much later than planned each request was sent. */
  readonly lateMs: readonly number[];
  /** Resident memory of the process that is not restarted, in 10⁶ bytes, each second. */
  readonly memoryMb: readonly number[];
  readonly restarts: Readonly<Staging["restarts"]>;
  /** The process that is not restarted, after the warm-up and at the end. */
  readonly steady: readonly [before: Measured, after: Measured];
  /** Every process before its end. */
  readonly ends: readonly Measured[];
  /** Sockets that were open at the end and not at the beginning. */
  readonly extraSockets: number;
  /** People who were removed before the load, and what was stored for them then. */
  readonly removed: readonly Person[];
  readonly removedBefore: readonly string[];
  /** Those who were blocked and signed out, and once more for the token that each got then. */
  readonly revoked: readonly Person[];
  readonly stored: Stored;
}

type Progress = (ledger: Ledger, second: number) => void;

export interface RunOptions {
  /** The file of platform-api. */
  readonly program?: string;
  /** Called every second of the load. */
  readonly progress?: Progress;
}

export async function endure(
  plan: Plan,
  { program = MAIN, progress = () => {} }: RunOptions = {},
): Promise<Run> {
  const world = await startWorld(program);
  try {
    return await perform(world, plan, progress);
  } finally {
    await world.close();
  }
}

async function perform(world: World, plan: Plan, progress: Progress): Promise<Run> {
  let beganMs = performance.now();
  const nowMs = () => performance.now() - beganMs;
  const clients = createClients(() => world.processes);
  const ledger = createLedger(nowMs);
  while (world.processes.some(({ isReady }) => !isReady)) await sleep(20);
  const revocations = plan.phases.filter(({ actions = [] }) => actions.includes("revoke")).length;
  const cast = await prepareCast({ world, clients, ledger }, revocations * BLOCKED_A_PHASE);
  const active = new Set<Phase>();
  const load = createLoad({ world, ledger, clients, cast, active });
  const [steady] = world.processes;
  if (steady === undefined) throw new Error("no process runs");

  ledger.begin();
  beganMs = performance.now();
  const memoryMb: number[] = [];
  const timer = setInterval(() => {
    memoryMb.push(steady.rssMb() ?? 0);
    progress(ledger, memoryMb.length);
  }, SECOND_MS);
  const warm = sleep(plan.warmS * SECOND_MS).then(() =>
    Promise.all(world.processes.map(({ measure }) => measure("begin"))),
  );
  const staging: Staging = { world, plan, cast, load, nowMs, active, restarts: [], ends: [] };
  const phases = plan.phases.map((phase) => stage(phase, staging));
  const [lateMs] = await Promise.all([sendOpenLoop(plan, nowMs, load.send), ...phases]);
  while (ledger.pending > 0) await sleep(20);
  clearInterval(timer);
  clients.close();

  const [before] = await warm;
  if (before === undefined) throw new Error("no process ran");
  const { ends, extraSockets } = await settle(world);
  const addresses = ledger.entries.flatMap(({ sender }) => ("person" in sender ? [sender.person.email] : []));
  return {
    plan,
    ledger,
    lateMs,
    memoryMb,
    extraSockets,
    restarts: staging.restarts,
    removed: cast.removed,
    removedBefore: cast.removedBefore,
    revoked: cast.revoked,
    ends: [...staging.ends, ...ends],
    steady: [before, await steady.measure("now")],
    stored: await readStored(world, [...new Set(addresses)]),
  };
}

/** Waits until the processes have closed what their clients left open. */
async function settle({ processes }: World): Promise<{ ends: Measured[]; extraSockets: number }> {
  for (const endMs = performance.now() + SETTLE_MS; ; await sleep(500)) {
    const ends = await Promise.all(processes.map(({ measure }) => measure("now")));
    const extras = ends.map(({ sockets }, index) => sockets - (processes[index]?.baselineSockets ?? 0));
    const extraSockets = extras.reduce((sum, extra) => sum + Math.max(0, extra), 0);
    if (extraSockets === 0 || performance.now() > endMs) return { ends, extraSockets };
  }
}
