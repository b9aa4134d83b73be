import { type RecheckedDomain, Refusal, recheckDomains } from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeMailer } from "../../compose/mail.ts";
import { createLogger } from "../../log/logger.ts";
import { CommandFailure, print, progressOn, type Terminal } from "../../terminal/terminal.ts";
import { NO_DEADLINE, withStores } from "../store-command.ts";

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
      "look for the record of every domain that is verified by DNS and due, mail the owners of those whose record is missing, and end the trust after the grace; for a daily job",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const done: RecheckedDomain[] = [];
      const tell = progressOn(terminal);
      const report = (rechecked: RecheckedDomain) => {
        done.push(rechecked);
        tell(`${done.length} domains rechecked`);
      };
      await withStores(
        terminal,
        (stores, signal, config) => {
          const mailer = composeMailer(config, { logger: createLogger("silent") });
          return recheckDomains(report, { ...stores, mailer }, signal);
        },
        NO_DEADLINE,
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
