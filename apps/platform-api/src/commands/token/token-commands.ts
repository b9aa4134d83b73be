import { Refusal } from "@platform-api/server/domain";
import { Explainer, type Explanation, judgeCredential } from "@platform-api/server/trial";
import type { Command } from "commander";
import { composeTokenJudge } from "../../compose/judge.ts";
import { readServerConfig, type ServerConfig } from "../../config/config.ts";
import { readToken } from "../../terminal/arguments.ts";
import { KEYS_UNAVAILABLE } from "../../terminal/domain-errors.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { noteAdministration, noteService } from "./explain-application.ts";
import { explainPerson } from "./explain-person.ts";
import { TOKEN_RULES, warnOfTenant } from "./explain-token.ts";
import { formatExplanation } from "./explanation.ts";

const EXPLAIN_DEADLINE_MS = 15_000;

export function addTokenCommands(program: Command, terminal: Terminal): void {
  program
    .command("token")
    .description("access tokens")
    .command("explain")
    .argument("[token]", "the access token (default: read from standard input)")
    .description("show how `serve` would judge a token, rule by rule (read-only)")
    .option("--json", "print JSON")
    .action(async (argument: string | undefined, { json }: { json?: true }) => {
      const config = readServerConfig(terminal.env);
      const token = await readToken(argument, terminal);
      const explanation = await explain(config, token);
      const refused = explanation.steps.find(({ ok }) => !ok)?.reason ?? null;
      const words = `${formatExplanation(explanation)}${refused ? `Refused: ${refused}` : "Accepted"}.\n`;
      print({ refused, ...explanation }, words, json, terminal);
      if (refused === "KEYS_UNAVAILABLE") throw new CommandFailure(KEYS_UNAVAILABLE);
    });
}

async function explain(config: ServerConfig, token: string): Promise<Explanation> {
  const judge = composeTokenJudge(config);
  const explainer = new Explainer();
  const signal = AbortSignal.timeout(EXPLAIN_DEADLINE_MS);
  try {
    const bearer = judgeCredential(token, explainer);
    const claims = await judge.verifier.verifyAfresh(bearer, signal, explainer.trace(TOKEN_RULES));
    warnOfTenant(claims, explainer);
    noteService(claims, config, explainer);
    await judge.load(signal);
    await explainPerson(claims, judge.ports, explainer, signal);
    noteAdministration(claims, config.ADMIN_CLIENT_IDS, explainer);
  } catch (error) {
    // A refusal is one of the steps already. Any other error, such as an outage, says nothing about the token.
    if (!(error instanceof Refusal) || explainer.explanation.steps.at(-1)?.ok !== false) throw error;
  } finally {
    judge.close();
  }
  return explainer.explanation;
}
