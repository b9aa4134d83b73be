/** Around a text of any script, so that it does not turn the text beside it around. */
const [ISOLATE, END] = ["\u2068", "\u2069"];

/** A person in a sentence. The name is whatever their sign-in calls them, so it never stands without the address. */
export function personText(name: string | null, email: string): string {
  return name === null ? email : `${ISOLATE}${name}${END} (${email})`;
}
