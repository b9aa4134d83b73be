import {
  checkDomain,
  claimDomain,
  type DomainName,
  type DomainView,
  listDomains,
  type OrganizationId,
  releaseDomain,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, type Options, toDomain, toOrganizationId } from "../../terminal/arguments.ts";
import { notFound } from "../../terminal/domain-errors.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { asOperator, WHEN_NOTICED, withInput } from "../store-command.ts";
import { addRecheckCommand } from "./recheck-command.ts";
import { describeDomain } from "./words.ts";

export function addDomainCommands(program: Command, terminal: Terminal): void {
  const domain = program
    .command("domain")
    .description("the domains of an organization and their DNS records");
  addListCommand(domain, terminal);
  addChangeCommand("claim", domain, terminal);
  addChangeCommand("check", domain, terminal);
  addReleaseCommand(domain, terminal);
  addRecheckCommand(domain, terminal);
}

function addListCommand(domain: Command, terminal: Terminal): void {
  domain
    .command("list")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("list the domains that are verified, claimed or lapsed")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json }: { json?: true }) => {
      const views = await asOperator(id, terminal, listDomains);
      const words = views.length === 0 ? `${id} has no domains.\n` : formatTable(HEADINGS, views.map(toRow));
      print(views, words, json, terminal);
    });
}

const CHANGES = {
  claim: {
    change: claimDomain,
    description: "claim a domain; prints the DNS record that proves it",
  },
  check: {
    change: checkDomain,
    description: "look for the DNS record of a domain, and verify it; prints what was found instead",
  },
} as const;

function addChangeCommand(verb: keyof typeof CHANGES, domain: Command, terminal: Terminal): void {
  const { change, description } = CHANGES[verb];
  domain
    .command(verb)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<domain>", "the domain, as in e-mail addresses", toDomain)
    .description(description)
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, name: DomainName, { json }: { json?: true }) => {
      const claimFirst = `claim it first with \`platform-api domain claim ${id} ${name}\``;
      const view = await asOperator(id, terminal, withInput(change, name)).catch(
        notFound(`${id} has not claimed ${name}: ${claimFirst}`),
      );
      print(view, describeDomain(id, view), json, terminal);
    });
}

function addReleaseCommand(domain: Command, terminal: Terminal): void {
  domain
    .command("release")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<domain>", "the domain, as `domain list` shows it", toDomain)
    .description("give a domain up, also one that an operator has verified")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, name: DomainName, { yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      await confirm(
        `${id} will no longer be trusted with addresses of ${name}: nobody new joins by them. Links of people stay. ` +
          "Who proves the domain next also speaks for those at it who have only come by a password, with their memberships " +
          "here: remove first who must not stay. A domain of an organizations file comes back with the next `org apply`, unless the file leaves it out.",
      );
      await asOperator(id, terminal, withInput(releaseDomain, name));
      print({}, `${name} is released by ${id}. ${WHEN_NOTICED}\n`, json, terminal);
    });
}

const HEADINGS = ["DOMAIN", "STATE", "VERIFIED BY", "FOUND", "CHECKED", "LAPSES"];

function toRow({ domain, state, verifiedBy, found, checkedAt, lapsesAt }: DomainView) {
  return [domain, state, verifiedBy, found?.kind ?? null, checkedAt, lapsesAt];
}
