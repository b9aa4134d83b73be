import type { Observation, Processes } from "./driver.ts";
import { distinct, type Memory } from "./memory.ts";
import { type Outcome, outcomes } from "./model.ts";
import { emptyState, type State } from "./state.ts";
import { CONNECTIONS, type History, ORGANIZATIONS, type Request, type Step, type World } from "./world.ts";

/** A step that did what the contract does not allow, with everything that led to it. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";

  constructor(history: History, played: readonly string[], seen: Observation, allowed: readonly Outcome[]) {
    const expected = distinct(allowed.map(projection)).slice(0, 4);
    super(
      [
        "The contract does not allow what was seen.",
        ...describeWorld(history.world),
        ...played.map((step, index) => `${index + 1}. ${step}`),
        `seen:    ${JSON.stringify(seen)}`,
        ...expected.map((each) => `allowed: ${JSON.stringify(each)}`),
      ].join("\n"),
    );
  }
}

/**
 * Answers how many steps it had; null where the machine was too busy to tell.
 * @throws {Disagreement} at the first step that the model does not allow
 */
export async function playHistory(processes: Processes, history: History): Promise<number | null> {
  const town = await processes.settle(history.world);
  let states: readonly State[] = [emptyState(history.world)];
  let memory: Memory = [];
  const played: string[] = [];
  for (const planned of history.steps) {
    const step = await town.possible(planned);
    const world = states[0]?.world;
    if (step === null || world === undefined || !isValid(step, world)) continue;
    const allowed = states.flatMap((state) => outcomes(state, step, memory));
    const seen = await town.play(step, allowed[0]?.state.world ?? world);
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

/** `org apply` refuses enforced SSO without a connection. */
function isValid(step: Step, world: World): boolean {
  if (!("change" in step)) return true;
  const { connections, settings } = outcomes(emptyState(world), step, [])[0]?.state.world ?? world;
  return ORGANIZATIONS.every(
    (each) => !settings[each].enforceSso || CONNECTIONS.some((name) => connections[name] === each),
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

/** What of an outcome can be seen. */
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

/** JSON whose members are in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function describeWorld({ connections, verifiers, settings }: World): string[] {
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
  return `operator: ${does} ${Object.entries(what)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")}`;
}

function describeRequest({ login, call, process }: Request): string {
  const { through, subject, address, claimedUser } = login;
  const claim = claimedUser === null ? "" : ` as the user ${claimedUser}`;
  const what = "organization" in call ? `${call.name} ${call.organization}` : call.name;
  return `${through}, subject ${subject}, address ${address}${claim}: ${what} (${process})`;
}
