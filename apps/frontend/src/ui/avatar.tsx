const LETTERS = new Intl.Segmenter("en");

/** What a reader sees as the first letter of a name, which may be several characters: an emoji, a flag. */
export function initialOf(name: string): string {
  const [first] = LETTERS.segment(name.trim());
  return (first?.segment ?? "").toUpperCase();
}

/** An organization's letter, in a colour of its own. */
export function Avatar({ name }: { readonly name: string }) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span
      className="avatar"
      style={{ backgroundColor: `oklch(0.5 0.13 ${hue})` }}
      data-letter={initialOf(name)}
    />
  );
}
