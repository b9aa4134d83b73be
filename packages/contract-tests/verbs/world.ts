import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, type Environment, readServerConfig, serve } from "@platform-api/platform-api";
import { type Exchange, type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { call } from "../simulator/organization-world.ts";
import { logins } from "../simulator/people.ts";
import { startSelfServiceUpstreams } from "../simulator/self-service.ts";
import { runCommand, startStack } from "../simulator/stack.ts";
import { prepareCompany } from "./company.ts";
import { type Snapshot, storedTable } from "./stored-table.ts";

/** One person makes 60 changes a minute in a process. */
const RUNS_OF_A_PROCESS = 50;
const KEEP_ALIVE_MS = 60_000;
/** Faults end a verb here, and no deadline does. */
const PATIENT: Environment = {
  STORE_ATTEMPT_MS: "20000",
  STORE_DEADLINE_MS: "25000",
  DIRECTORY_ATTEMPT_MS: "20000",
  DIRECTORY_DEADLINE_MS: "25000",
  SHUTDOWN_DRAIN_MS: "0",
};
const LONG_AGO = "2000-01-01T00:00:00.000Z";

/** A process of platform-api, or an operator's, whose requests to the store go through a proxy of its own. */
export interface VerbProcess {
  readonly store: Pick<FaultProxy, "fault">;
  /** @returns `OK`, or the reason of the refusal, also of one row; `NOT_PASSED` for a test that was answered */
  call(path: string, token: string, input?: object): Promise<string>;
  /** @returns `OK`, or what the command has printed */
  cli(args: readonly string[], settings?: Environment): Promise<string>;
  stop(): Promise<void>;
}

export type VerbWorld = Awaited<ReturnType<typeof startVerbWorld>>;

/** Starts a stack, with all that the verbs are about, on a store that is put back before each run. */
export async function startVerbWorld() {
  const upstreams = await startSelfServiceUpstreams();
  const stack = await startStack({ ...upstreams.settings, ...PATIENT });
  const { connections, ...company } = await prepareCompany(stack, upstreams);
  const table = storedTable(stack.environment);
  const before = beginning(await table.snapshot());
  const folder = mkdtempSync(join(tmpdir(), "verbs-"));
  const processes: VerbProcess[] = [];
  const stop = () => Promise.all(processes.splice(0).map((each) => each.stop()));
  let uses = 0;
  await table.restore(before);
  return {
    ...company,
    connections,
    environment: stack.environment,
    table,
    /** What the table holds before every verb: everything but most entries of how it came to be. */
    before,
    /** Some processes without a fault, for one run of a verb in each. */
    async processes(count: number): Promise<readonly VerbProcess[]> {
      uses += 1;
      if (uses % RUNS_OF_A_PROCESS === 0) await stop();
      while (processes.length < count) processes.push(await startVerbProcess(stack.environment));
      for (const { store } of processes) store.fault = pass;
      return processes.slice(0, count);
    },
    /** A token of a fresh login through the connection that the mill has set up itself. */
    bySaml: () => {
      const login = { connection: connections.own, subject: `samlp|${connections.own}|member` };
      return logins(stack).entra("member@mill.example", login);
    },
    /** Writes a file for a command. @returns its path */
    file(name: string, content: object): string {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    },
    async close() {
      await stop();
      table.close();
      await stack.close();
      await upstreams.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Without the entries that `table verify` does not ask for, because fewer items are verified sooner; and no domain was
 * looked at within the last second.
 */
function beginning(items: Snapshot): Snapshot {
  const kept = [...items].filter(
    ([, { type, invitationId }]) => type?.S !== "audit-entry" || invitationId?.S !== undefined,
  );
  return new Map(
    kept.map(([key, item]) => {
      const proof = item.proof?.M;
      const checkedAt = proof?.checkedAt?.S;
      if (checkedAt === undefined) return [key, item];
      const seen = item.gsi2sk?.S?.replace(checkedAt, LONG_AGO);
      const listed = seen === undefined ? {} : { gsi2sk: { S: seen } };
      return [key, { ...item, ...listed, proof: { M: { ...proof, checkedAt: { S: LONG_AGO } } } }];
    }),
  );
}

async function startVerbProcess(shared: Environment): Promise<VerbProcess> {
  const store = { fault: pass };
  const judge = (exchange: Exchange) => (isNotice(exchange) ? pass : store.fault)(exchange);
  const proxy = await startFaultProxy(shared.DYNAMODB_ENDPOINT ?? "", judge, { keepAliveMs: KEEP_ALIVE_MS });
  const environment = { ...shared, DYNAMODB_ENDPOINT: proxy.url };
  const server = await serve(readServerConfig(environment), createLogger("silent"));
  return {
    store,
    async call(path, token, input = {}) {
      const { outcome, body } = await call(server.url, path, token, input);
      const text = JSON.stringify(body);
      if (text.includes('"passed":false')) return "NOT_PASSED";
      return /"outcome":"([A-Z_\d]+|not-reached)"/.exec(text)?.[1] ?? outcome;
    },
    async cli(args, settings) {
      const { status, output } = await runCommand({ ...environment, ...settings }, [...args]);
      return status === 0 ? "OK" : output;
    },
    async stop() {
      await server.stop();
      await proxy.close();
    },
  };
}

/** A notice by itself, which is put for minutes after a commit without an answer: no part of a later verb. */
function isNotice({ request, body }: Exchange): boolean {
  return request.headers["x-amz-target"] === "DynamoDB_20120810.PutItem" && body.includes('"CHANGES#');
}
