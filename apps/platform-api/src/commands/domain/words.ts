import type { DomainView, Found, OrganizationId } from "@platform-api/server/domain";
import { printable } from "../../terminal/terminal.ts";

/** A domain in words: its state, what was found in the place of its record, and the record to set. */
export function describeDomain(id: OrganizationId, { found, record, ...view }: DomainView): string {
  const lines = [STATES[view.state](view)];
  if (record === null) return `${lines.join("\n")}\n`;
  if (found !== null) lines.push(...describeFound(found, view.domain, record));
  if (view.state === "verified" && found === null) return `${lines.join("\n")}\n`;
  lines.push(
    "The TXT record to set at the DNS provider:",
    `  host   ${record.host}   (in full: ${record.name})`,
    `  value  ${record.value}`,
  );
  if (view.state !== "verified") lines.push(`Then run \`platform-api domain check ${id} ${view.domain}\`.`);
  return `${lines.join("\n")}\n`;
}

type Stated = Pick<DomainView, "domain" | "verifiedBy" | "lapsesAt">;

const STATES = {
  pending: ({ domain }: Stated) => `${domain} is claimed, and not verified yet.`,
  verified: ({ domain, verifiedBy }: Stated) =>
    `${domain} is verified${verifiedBy === "operator" ? " by an operator" : ""}.`,
  missing: ({ domain, lapsesAt }: Stated) =>
    `The record of ${domain} is missing: the domain is not trusted any more after ${lapsesAt}.`,
  lapsed: ({ domain }: Stated) =>
    `${domain} has lapsed: its record was missing for too long, and the domain is not trusted.`,
} as const satisfies Record<DomainView["state"], unknown>;

function describeFound(
  { kind, values, seenBy, resolvers }: Found,
  domain: string,
  { host, name }: NonNullable<DomainView["record"]>,
): string[] {
  const shown = values.map((value) => `  ${printable(value)}`);
  const FOUND: Record<Found["kind"], readonly string[]> = {
    nothing: [`There is no TXT record at ${name}. A new record may take minutes to be seen.`],
    wrongValue: [`The TXT record at ${name} has another value:`, ...shown],
    atApex: [`The record is at ${domain} itself. Move it to the host ${host}.`],
    doubledDomain: [
      `The record is at ${name}.${domain}, because the DNS provider appends the domain. Enter only the host ${host}.`,
    ],
    oneResolver: [
      `${seenBy} of ${resolvers} resolvers see the record. Wait until the change has reached all name servers of the domain.`,
    ],
    unreachable: [
      `The record could not be looked up, because DNS has not answered. Try again, or see DNS_RESOLVERS.`,
    ],
  };
  return [...FOUND[kind]];
}
