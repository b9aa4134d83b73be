/** A text in which names and values of DNS stand between backticks. */
export function InlineCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
