const LETTERS = new Intl.Segmenter("en");

/** The first letter of a name as a reader sees it. An emoji or a flag may be several characters. */
export function initialOf(name: string): string {
  const [first] = LETTERS.segment(name.trim());
  return (first?.segment ?? "").toUpperCase();
}

export interface AvatarProps {
  /** Decides the colour, which stays when the name changes. */
  readonly id: string;
  readonly name: string;
}

/** The first letter of a name on a colour of its own. */
export function Avatar({ id, name }: AvatarProps) {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span
      className="avatar"
      style={{ backgroundColor: `oklch(0.5 0.13 ${hue})` }}
      data-letter={initialOf(name)}
    />
  );
}
