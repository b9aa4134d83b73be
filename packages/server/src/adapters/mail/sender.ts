import { type CanonicalEmail, parseEmail } from "../../domain/index.ts";

/** Who a mail is from. */
export interface Sender {
  /** Empty without one. */
  readonly name: string;
  readonly address: CanonicalEmail;
}

const MAX_NAME_LENGTH = 100;
/** Control, format and bidi characters, line ends, and the ones that quote or delimit in a header. */
const UNSAFE_IN_NAME = /[\p{C}\p{Zl}\p{Zp}"\\<>,;:@()[\]]/u;

/** Parses an address, or `Name <address>`; null for anything else. */
export function parseSender(text: string): Sender | null {
  const [, named, inBrackets] = /^([^<]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const name = named?.trim() ?? "";
  const address = parseEmail(inBrackets ?? text.trim());
  if (address === null || name.length > MAX_NAME_LENGTH || UNSAFE_IN_NAME.test(name)) return null;
  return { name, address };
}
