/** How the product is called and looks in mails: what `/config.json` says to browsers. */
export interface MailBrand {
  readonly name: string;
  /** Where mail programs load the picture from. Without one, mails show the name. */
  readonly logoUrl: string | null;
  /** The colour of the button, such as `#4b50c8`. */
  readonly accent: string;
}

/** What every mail needs to know. */
export interface MailSite {
  readonly brand: MailBrand;
  /** Where links lead, without a trailing slash. */
  readonly frontendUrl: string;
}

/** The luminance (WCAG 2.2) at which white and black text have the same contrast, which is 4.58. */
const EVEN_LUMINANCE = 0.179;

/** The colour of text on the accent that can be read better. */
export function onAccent({ accent }: MailBrand): "#ffffff" | "#000000" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(accent.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN_LUMINANCE ? "#000000" : "#ffffff";
}
