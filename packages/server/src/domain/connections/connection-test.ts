import { type Administrator, entryBy } from "../membership/standing.ts";
import type { Organization, RegisteredConnection } from "../organization.ts";
import { refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { storing } from "../transaction.ts";
import { lookAtAuth0 } from "./finish.ts";
import type { ConnectionPorts, SetupStep, TestStep } from "./setup.ts";
import { decideOn, findNamed, type Named, requireFinished } from "./stored.ts";

/** How old a token may be: an older one says little about how the connection is set up now. */
const MAX_TOKEN_AGE_MS = 300_000;

/** Whether people can sign in through a connection, by one fresh token of it. */
export interface ConnectionTest {
  readonly passed: boolean;
  readonly steps: readonly TestStep[];
}

/**
 * Judges a token as a login would, and stores when a test passed. Where Auth0 says that the connection is wrong, an earlier
 * pass counts no more. A token that is not of this connection, or older than five minutes, gets one failed step.
 * @throws {Refusal} NOT_FOUND; NOT_READY for one that is being set up, or is switched off; AUTH0_UNAVAILABLE
 */
export async function testConnection(
  administrator: Administrator,
  { name, token }: { readonly name: string; readonly token: string },
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ConnectionTest> {
  const { organization } = administrator;
  const connection = requireEnabled(organization, await findNamed(organization.id, name, ports, signal));
  const { trial, now } = ports;
  const judged = await trial.judge(token, organization.id, signal);
  if (judged.issuedAt === null) return failed(judged.steps); // a token that is not accepted is of no connection
  if (judged.connection !== name) return failed([NOT_OF_IT]);
  if (now().getTime() - judged.issuedAt * 1_000 > MAX_TOKEN_AGE_MS) return failed([TOO_OLD]);
  if (judged.steps.some(({ ok }) => !ok)) return failed(judged.steps);
  const atAuth0 = await askAuth0(connection, ports, signal);
  const isWrong = atAuth0.some(({ ok }) => !ok);
  const steps = [...judged.steps, ...atAuth0];
  if (isWrong && ports.auth0 !== null) await storeTest(administrator, name, null, ports, signal);
  if (isWrong || steps.length === 0) return failed(steps);
  await storeTest(administrator, name, now().toISOString(), ports, signal);
  return { passed: true, steps };
}

const NOT_OF_IT: TestStep = {
  rule: "connection",
  ok: false,
  saw: "a token that did not come through this connection",
  fix: "sign in through this connection, and hand over the token of that sign-in",
};

const TOO_OLD: TestStep = {
  rule: "lifetime",
  ok: false,
  saw: "a token that is older than five minutes",
  fix: "sign in through this connection again",
};

function failed(steps: readonly TestStep[]): ConnectionTest {
  return { passed: false, steps };
}

function requireEnabled({ id }: Organization, named: Named): RegisteredConnection {
  const stored = requireFinished(id, named, "finish it first");
  if (stored.state === "disabled")
    throw refusal("NOT_READY", "the connection is switched off: switch it on first");
  return stored;
}

const AGAIN = "remove this connection, and set up another one";
const COMPANY = "set the connection up with your own Microsoft tenant, not with the common endpoint";

/** What is wrong at Auth0 with a connection that was set up, and how to fix it. */
const WRONG = {
  connection: ["the connection does not exist at Auth0 any more", AGAIN],
  clients: ["our applications may not use the connection at Auth0 any more", AGAIN],
  organization: ["your organization does not use the connection at Auth0 any more", AGAIN],
  strategy: ["the connection at Auth0 is not single sign-on any more", AGAIN],
  commonEndpoint: ["Microsoft's common endpoint, through which any company could sign in", COMPANY],
  replaced: ["Auth0 has another connection of this name than the one that was set up", AGAIN],
  changed: ["the connection at Auth0 is of another kind than the one that was set up", AGAIN],
  notAsked: [
    "nothing: this server is not connected to Auth0's Management API",
    "ask the operators of this platform to connect it",
  ],
} as const satisfies Record<
  SetupStep | "replaced" | "changed" | "notAsked",
  readonly [saw: string, fix: string]
>;

/** Whether Auth0 still has the connection that was set up, as a whole. Nothing for one that an operator has registered. */
async function askAuth0(
  { name, origin, organizationId, auth0Id, strategy }: RegisteredConnection,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<readonly TestStep[]> {
  const { auth0 } = ports;
  if (origin === "operator") return [];
  const rule = "identity provider";
  const found =
    auth0 === null ? "notAsked" : await lookAtAuth0(name, organizationId, { ...ports, auth0 }, signal);
  const other = typeof found === "string" ? found : found.id === auth0Id ? "changed" : "replaced";
  if (typeof found !== "string" && found.id === auth0Id && found.strategy === strategy)
    return [{ rule, ok: true, saw: "the connection of one company", fix: "" }];
  const [saw, fix] = WRONG[other];
  return [{ rule, ok: false, saw, fix }];
}

/**
 * Stores when a test passed.
 * @param testedAt null takes an earlier pass away, which is not audited: SSO cannot be enforced with a connection that Auth0
 * has changed
 */
async function storeTest(
  administrator: Administrator,
  name: string,
  testedAt: string | null,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<void> {
  const { organization } = administrator;
  const tested = { action: "connection-tested", connection: name } as const;
  const store = (named: Named) => {
    const present = requireEnabled(organization, named);
    if (testedAt === null && present.testedAt === null) return { changes: null, result: null };
    const next = { ...present, testedAt, rev: newRevision() };
    const audit = testedAt === null ? [] : [entryBy(administrator, { ...tested, at: testedAt })];
    return storing([{ item: "connection", next, present }], audit, null);
  };
  await decideOn({ organizationId: organization.id, name }, store, ports, signal);
}
