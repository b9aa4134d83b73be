import {
  dynamoIdentityRegistry,
  dynamoMemberships,
  dynamoOrganizations,
  dynamoRelinkWindows,
  dynamoSpeakers,
} from "@platform-api/server/adapters";
import { Refusal } from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeDirectory, composeKeys, composeTable, composeVerifier } from "../compose.ts";
import { readServerConfig, type ServerConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { explainPerson } from "../token-explain/explain-person.ts";
import { explainCredential, tokenTrace, warnOfTenant } from "../token-explain/explain-token.ts";
import { Explainer, type Explanation, formatExplanation } from "../token-explain/explanation.ts";
import { CommandFailure, type Terminal, UsageError } from "./terminal.ts";

const KEYS_UNAVAILABLE =
  "the issuer's keys cannot be had, so nothing is known of the token: check AUTH0_JWKS_URL and the network";
const EXPLAIN_DEADLINE_MS = 15_000;

export function addTokenCommands(program: Command, terminal: Terminal): void {
  program
    .command("token")
    .description("access tokens")
    .command("explain")
    .argument("[token]", "the access token; without it, standard input is read")
    .description("every rule that `serve` would ask, with what it saw; changes nothing")
    .option("--json", "print JSON")
    .action((token: string | undefined, { json }: { json?: true }) =>
      explain(token, json === true, terminal),
    );
}

async function explain(argument: string | undefined, json: boolean, terminal: Terminal): Promise<void> {
  const config = readServerConfig(terminal.env);
  const token = (argument ?? (await terminal.readInput())).trim().replace(/^bearer +/i, "");
  if (token === "") throw new UsageError("no token: give it as the argument or on standard input");
  const explanation = await explainWith(config, token);
  const refused = explanation.steps.find(({ ok }) => !ok)?.reason ?? null;
  if (json) terminal.out(`${JSON.stringify({ refused, ...explanation })}\n`);
  else terminal.out(`${formatExplanation(explanation)}${refused ? `Refused: ${refused}` : "Accepted"}.\n`);
  if (refused === "KEYS_UNAVAILABLE") throw new CommandFailure(KEYS_UNAVAILABLE);
}

async function explainWith(config: ServerConfig, token: string): Promise<Explanation> {
  const keys = composeKeys(config, createLogger("silent"));
  const table = composeTable(config);
  const explainer = new Explainer();
  const signal = AbortSignal.timeout(EXPLAIN_DEADLINE_MS);
  try {
    const bearer = explainCredential(token, explainer);
    const verifier = composeVerifier(config, keys);
    const claims = await verifier.verifyAfresh(bearer, signal, tokenTrace(explainer));
    warnOfTenant(claims, explainer);
    const ports = {
      organizations: dynamoOrganizations(table),
      stored: dynamoOrganizations(table),
      speakers: dynamoSpeakers(table),
      links: dynamoIdentityRegistry(table),
      windows: dynamoRelinkWindows(table),
      memberships: dynamoMemberships(table),
      directory: composeDirectory(config),
      otherStrategies: config.AUTH0_OTHER_STRATEGIES,
      trustMode: config.TRUST_MODE,
      now: () => new Date(),
    };
    await table.credentials.load(signal);
    await explainPerson(claims, ports, explainer, signal);
  } catch (error) {
    // A rule's refusal stands among the steps; an outage between them is no answer about the token.
    if (!(error instanceof Refusal) || explainer.explanation.steps.at(-1)?.ok !== false) throw error;
  } finally {
    keys.close();
    table.close();
  }
  return explainer.explanation;
}
