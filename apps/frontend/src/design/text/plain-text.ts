const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A user's text without the invisible characters that turn the text around them. Right-to-left letters need none. */
export function plainText(text: string): string {
  return text.replace(BIDI_CONTROLS, "");
}
