import { type DnsRecord, registeredOf } from "./domain.ts";

/** The record as a text for a colleague, and the same as a new mail. */
export interface RecordLetter {
  readonly text: string;
  readonly href: string;
}

export function recordLetter(domain: string, record: DnsRecord): RecordLetter {
  const { type, host, name, value } = record;
  const registered = registeredOf(record);
  const short = registered === "" ? "" : ` (only ${host} if your provider adds ${registered} itself)`;
  const text = [
    `Please add this DNS record for ${domain}:`,
    "",
    `Type: ${type}`,
    `Name: ${name}${short}`,
    `Value: ${value}`,
    "",
    "It proves that the domain is ours, so that we can sign in with it. It changes nothing else.",
    "",
  ].join("\n");
  const subject = `A DNS record for ${domain}`;
  // RFC 6068 §5: lines of a body end with CRLF.
  const body = encodeURIComponent(text.replaceAll("\n", "\r\n"));
  return { text, href: `mailto:?subject=${encodeURIComponent(subject)}&body=${body}` };
}
