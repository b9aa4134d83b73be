import { parseEmail } from "@platform-api/server/domain";
import type { Command } from "commander";
import { readUserDirectoryConfig } from "../../config/config.ts";
import { formatFindings } from "../../terminal/finding.ts";
import { CommandFailure, print, printable, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { checkDirectory } from "./check-directory.ts";

interface CheckOptions {
  readonly read?: string;
  readonly write?: string;
  readonly json?: true;
}

export function addDirectoryCommands(program: Command, terminal: Terminal): void {
  program
    .command("directory")
    .description("the user directory")
    .command("check")
    .description("compare the user directory with the contract of platform-api (read-only without --write)")
    .option("--read <address>", "also look up a user that exists")
    .option("--write <address>", "also create a user with this address; nothing is deleted afterwards")
    .option("--json", "print JSON")
    .action((options: CheckOptions) => check(options, terminal));
}

async function check({ read, write, json }: CheckOptions, terminal: Terminal): Promise<void> {
  const addresses = { read: toAddress("--read", read), write: toAddress("--write", write) };
  const config = readUserDirectoryConfig(terminal.env);
  const { CLJ_PG_WRAPPER_URL: url, CLJ_PG_WRAPPER_TOKEN: token } = config;
  const { origin } = new URL(url);
  if (addresses.write !== null) {
    terminal.err(
      `This creates the user ${addresses.write} in the directory at ${origin}, unless it exists. Nothing is deleted afterwards. A directory that compares addresses by case may also get ${addresses.write.toUpperCase()}.\n`,
    );
  }
  const limits = { attemptMs: config.DIRECTORY_ATTEMPT_MS, deadlineMs: config.DIRECTORY_DEADLINE_MS };
  const findings = await checkDirectory({ url, token, ...limits, ...addresses });
  const differences = findings.filter(({ result }) => result === "differs").length;
  print({ url: origin, differences, findings }, formatFindings(findings), json, terminal);
  if (differences === 0) return;
  throw new CommandFailure(
    `the directory differs from the contract in ${differences === 1 ? "one point" : `${differences} points`}`,
  );
}

/** The form in which `serve` sends an address. */
function toAddress(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const email = parseEmail(text);
  if (email === null) throw new UsageError(`${option}: "${printable(text)}" is not an e-mail address`);
  return email;
}
