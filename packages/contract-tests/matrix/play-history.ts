import { appliesFile, type HistoryRun, type Observation, type Processes } from "./driver.ts";
import { distinct, type Memory } from "./memory.ts";
import { type Outcome, outcomes } from "./model.ts";
import { emptyState, type State } from "./state.ts";
import {
  CONNECTIONS,
  type History,
  ORGANIZATIONS,
  type Request,
  type Setup,
  type Step,
} from "./vocabulary.ts";

/** A step did something that the contract does not allow. The message shows the history up to it. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";

  constructor(history: History, played: readonly string[], seen: Observation, allowed: readonly Outcome[]) {
    const expected = distinct(allowed.map(projection)).slice(0, 4);
    super(
      [
        "The contract does not allow what happened.",
        ...describeSetup(history.setup),
        ...played.map((step, index) => `${index + 1}. ${step}`),
        `seen:    ${JSON.stringify(seen)}`,
        ...expected.map((each) => `allowed: ${JSON.stringify(each)}`),
      ].join("\n"),
    );
  }
}

/**
 * @returns the number of steps, or null when the machine was too busy to decide
 * @throws {Disagreement} at the first step that the model does not allow
 */
export async function playHistory(processes: Processes, history: History): Promise<number | null> {
  const run = await processes.prepare(history.setup);
  try {
    return await playSteps(run, history);
  } finally {
    run.end();
  }
}

async function playSteps(run: HistoryRun, history: History): Promise<number | null> {
  let states: readonly State[] = [emptyState(history.setup)];
  let memory: Memory = [];
  const played: string[] = [];
  for (const planned of history.steps) {
    const step = run.possible(planned);
    const setup = states[0]?.setup;
    if (step === null || setup === undefined || !isValid(step, setup)) continue;
    const allowed = states.flatMap((state) => outcomes(state, step, memory));
    const seen = await run.play(step, allowed[0]?.state.setup ?? setup);
    if (seen === null) continue;
    if (seen.answers.some(({ refused }) => OUTAGES.has(refused))) return null;
    played.push(describeStep(step));
    memory = distinct([...memory, ...states]);
    states = distinct(allowed.filter((outcome) => agrees(outcome, seen)).map(({ state }) => state));
    if (states.length === 0) throw new Disagreement(history, played, seen, allowed);
  }
  return played.length;
}

const OUTAGES: ReadonlySet<unknown> = new Set(["STORE_UNAVAILABLE", "DIRECTORY_UNAVAILABLE", "OVERLOADED"]);

/** `org apply` refuses enforced SSO without an enabled connection, and nobody does what is done already. */
function isValid(step: Step, setup: Setup): boolean {
  if (!("change" in step)) return true;
  const { change } = step;
  const isOff = "connection" in change && setup.switchedOff[change.connection] !== null;
  // What an owner has switched off is theirs to switch on; the file names it as before.
  if (change.does === "register" || change.does === "take away") if (isOff) return false;
  if (change.does === "switch on" && !isOff) return false;
  if (change.does === "switch off" && setup.connections[change.connection] === null) return false;
  if (change.does === "begin" && setup.own !== "none") return false;
  if (change.does === "finish") return setup.own !== "none";
  if (change.does === "remove connection") return setup.own === "pending" || setup.own === "enabled";
  if (change.does === "lapse") return setup.proven[change.domain].includes(change.organization);
  if (!appliesFile(change)) return true;
  const next = outcomes(emptyState(setup), step, [])[0]?.state.setup ?? setup;
  return ORGANIZATIONS.every(
    (each) => !next.settings[each].enforceSso || CONNECTIONS.some((name) => next.connections[name] === each),
  );
}

function agrees(outcome: Outcome, seen: Observation): boolean {
  const expected = projection(outcome);
  const invitations = Object.entries(expected.invitations);
  return (
    invitations.every(([key, isOpen]) => isOpen === "any" || isOpen === seen.invitations[key]) &&
    invitations.length === Object.keys(seen.invitations).length &&
    canonical({ ...expected, invitations: null }) === canonical({ ...seen, invitations: null })
  );
}

/** The visible part of an outcome. */
function projection({ state, answers }: Outcome) {
  const { creators, memberships, invitations } = state;
  return {
    answers,
    directory: Object.keys(creators).sort(),
    memberships: mapped(memberships, ({ role, status }) => `${role} ${status}`),
    invitations: mapped(invitations, (each) => (each.state === "any" ? "any" : each.state === "open")),
  };
}

function mapped<From, To>(table: Readonly<Record<string, From>>, map: (value: From) => To) {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, map(value)]));
}

/** JSON with sorted members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function describeSetup({ connections, verifiers, settings }: Setup): string[] {
  return ORGANIZATIONS.map((organization) => {
    const { jit, enforceSso, trusts } = settings[organization];
    const domains = Object.entries(verifiers).flatMap(([domain, who]) =>
      who.includes(organization) ? [domain] : [],
    );
    const names = CONNECTIONS.filter((name) => connections[name] === organization);
    const rules = [
      jit ? "JIT" : "no JIT",
      enforceSso ? "SSO enforced" : "",
      trusts.map((t) => `trusts ${t}`),
    ];
    return `   ${organization}: ${[...domains, ...names, ...rules.flat()].filter(Boolean).join(", ")}`;
  });
}

function describeStep(step: Step): string {
  if ("requests" in step) return step.requests.map(describeRequest).join("\n   at once: ");
  const { does, ...what } = step.change;
  return `change: ${does} ${Object.entries(what)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")}`;
}

function describeRequest({ login, call, process }: Request): string {
  const { through, subject, address, claimedUser } = login;
  const claim = claimedUser === null ? "" : ` as the user ${claimedUser}`;
  const what = "organization" in call ? `${call.name} ${call.organization}` : call.name;
  return `${through}, subject ${subject}, address ${address}${claim}: ${what} (${process})`;
}
