const LETTERS = new Intl.Segmenter("en");

/** The first letter of a name as a reader sees it. An emoji or a flag may be several characters. */
export function initialOf(name: string): string {
  const [first] = LETTERS.segment(name.trim());
  return (first?.segment ?? "").toUpperCase();
}

/** An organization's first letter on a background colour derived from its name. */
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
