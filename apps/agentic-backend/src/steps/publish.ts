/** What the steps before it have put out, as one text. */
export function publish(title: string, { read, find, summarize }: Readonly<Record<string, string>>): string {
  return [title, summarize, find, read].filter((part) => part !== undefined).join("\n\n");
}
