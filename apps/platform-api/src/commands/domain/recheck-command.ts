import { type RecheckedDomain, Refusal, recheckDomains } from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeMailer } from "../../compose/mail.ts";
import { createLogger } from "../../log/logger.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";

/** Thousands of domains take minutes when DNS does not answer. */
const RECHECK_DEADLINE_MS = 24 * 3_600_000;
const PROGRESS_EVERY_MS = 2_000;

type RecheckOutcome = RecheckedDomain["outcome"];

/** How many domains came to what, and those that need somebody. */
interface Summary {
  readonly domains: number;
  readonly outcomes: Readonly<Record<RecheckOutcome, number>>;
  readonly mails: { readonly sent: number; readonly failed: number };
  readonly noticed: readonly (Omit<RecheckedDomain, "error"> & { readonly error: string | null })[];
}

export function addRecheckCommand(domain: Command, terminal: Terminal): void {
  domain
    .command("recheck")
    .description(
      "look for the record of every domain that is verified by DNS, mail the owners of those whose record is missing, and end the trust after the grace; for a daily job",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const done: RecheckedDomain[] = [];
      const report = progressReport(terminal, done);
      await withStores(
        terminal,
        (stores, signal, config) => {
          const mailer = composeMailer(config, createLogger("silent"));
          return recheckDomains(report, { ...stores, mailer }, signal);
        },
        RECHECK_DEADLINE_MS,
      );
      const summary = summaryOf(done);
      print(summary, describe(summary), json, terminal);
      const { failed, unanswered } = summary.outcomes;
      if (failed > 0)
        throw new CommandFailure(`${failed} of the domains could not be rechecked: run it again`);
      if (unanswered > 0) {
        throw new CommandFailure("DNS has not answered for every domain: run it again, or see DNS_RESOLVERS");
      }
      if (summary.mails.failed > 0) throw new CommandFailure("some owners could not be mailed: see SMTP_URL");
    });
}

function progressReport({ err }: Terminal, done: RecheckedDomain[]): (rechecked: RecheckedDomain) => void {
  let reportedAt = Date.now();
  return (rechecked) => {
    done.push(rechecked);
    if (Date.now() - reportedAt < PROGRESS_EVERY_MS) return;
    reportedAt = Date.now();
    err(`${done.length} domains rechecked\n`);
  };
}

function summaryOf(done: readonly RecheckedDomain[]): Summary {
  const outcomes = { verified: 0, missing: 0, lapsed: 0, unclear: 0, unanswered: 0, gone: 0, failed: 0 };
  for (const { outcome } of done) outcomes[outcome] += 1;
  const total = (which: "sent" | "failed") => done.reduce((sum, { mails }) => sum + mails[which], 0);
  return {
    domains: done.length,
    outcomes,
    mails: { sent: total("sent"), failed: total("failed") },
    noticed: done
      .filter(({ outcome }) => outcome !== "verified" && outcome !== "gone")
      .map(({ error, ...rest }) => ({ ...rest, error: error === null ? null : problemOf(error) })),
  };
}

function describe({ domains, outcomes, mails, noticed }: Summary): string {
  const lines = [
    `${domains} ${domains === 1 ? "domain" : "domains"} rechecked: ${outcomes.verified} verified, ${outcomes.missing} missing the record, ${outcomes.lapsed} lapsed. Mails sent: ${mails.sent}.`,
    ...noticed.map((each) => `  ${each.organizationId}  ${each.domain}  ${wordsOf(each)}`),
  ];
  if (noticed.some(({ untold }) => untold === "noMailServer"))
    lines.push("No mail was sent to the owners, because SMTP_URL is not set.");
  return `${lines.join("\n")}\n`;
}

function wordsOf({ outcome, lapsesAt, mails, untold, error }: Summary["noticed"][number]): string {
  const until = lapsesAt === null ? "" : `; it lapses at ${lapsesAt}`;
  const told = [
    mails.sent > 0 ? "; the owners are told" : "",
    mails.failed > 0 ? `; ${mails.failed} mails failed` : "",
    untold === "noOwner" ? "; it has no owner to tell" : "",
  ].join("");
  const WORDS: Record<RecheckOutcome, string> = {
    verified: "verified",
    missing: `missing the record${until}${told}`,
    lapsed: "lapsed: it is not trusted any more",
    unclear: `not every resolver sees the record${until}`,
    unanswered: `a resolver has not answered${until}`,
    gone: "released",
    failed: `failed: ${error}`,
  };
  return WORDS[outcome];
}

function problemOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return error instanceof Error ? error.name : "unknown";
}
