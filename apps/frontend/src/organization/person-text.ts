/** Around a text of any script, so that it does not turn the text beside it around. */
const [ISOLATE, END] = ["\u2068", "\u2069"];

/** A person in a sentence. The name is whatever their sign-in calls them, so it never stands without the address. */
export function personText(name: string | null, email: string): string {
  return name === null ? email : `${ISOLATE}${name}${END} (${email})`;
}

/** An owner in a sentence. Of who was erased no address is left. */
export function ownerText({
  email,
  name,
}: {
  readonly email: string | null;
  readonly name: string | null;
}): string {
  return email === null ? "a former member" : personText(name, email);
}
