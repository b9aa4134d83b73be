type Rgb = readonly [red: number, green: number, blue: number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** WCAG 1.4.3: the contrast of text. */
const READABLE = 4.5;
/** From this contrast on, white text is kept and the accent is darkened a little. Brighter accents get dark text. */
const WHITE_ENOUGH = 2.5;
/** A button has to be seen on the page, and a hovered one has to differ. */
const VISIBLE = 1.3;

/** The colours of `design/theme.css` that the accent meets. */
export const GROUNDS = {
  light: { grounds: ["#f9f9fb", "#ffffff", "#f3f4f7"], text: "#14151a", quiet: "#5b5f6d" },
  dark: { grounds: ["#0b0c0f", "#131419", "#1a1c22", "#0f1014"], text: "#eeeff3", quiet: "#a2a6b3" },
} as const;

export type Theme = keyof typeof GROUNDS;

/** The shades of one accent in one theme. */
export interface AccentShades {
  /** The background of primary buttons. */
  readonly accent: string;
  readonly hover: string;
  /** Text on the two above. */
  readonly onAccent: string;
  /** Links and focus rings on every ground of the theme, and on `soft`. */
  readonly text: string;
  /** The background of what is chosen. Texts and quiet texts stay readable on it. */
  readonly soft: string;
}

/** Shades that are readable, from any colour such as `#4b50c8`. */
export function accentShades(hex: string, theme: Theme): AccentShades {
  const { quiet, grounds } = GROUNDS[theme];
  const [page, surface] = grounds.map(rgbOf);
  const given = rgbOf(hex);
  const deeper = theme === "light" ? BLACK : WHITE;
  const visible = towards(given, deeper, (shade) => contrast(shade, page ?? WHITE) >= VISIBLE);
  const onAccent = contrast(visible, WHITE) >= WHITE_ENOUGH ? WHITE : rgbOf(GROUNDS.light.text);
  const away = onAccent === WHITE ? BLACK : WHITE;
  const accent = towards(visible, away, (shade) => contrast(shade, onAccent) >= READABLE);
  const further = mix(accent, away, 0.14);
  const hover = contrast(further, accent) > 1.05 ? further : mix(accent, onAccent, 0.14);
  const tint = (share: number) => mix(surface ?? WHITE, given, share);
  const share = [0.2, 0.16, 0.12, 0.08, 0.04].find((each) => contrast(tint(each), rgbOf(quiet)) >= READABLE);
  const soft = tint(share ?? 0);
  const behind = [...grounds.map(rgbOf), soft];
  const text = towards(given, deeper, (shade) => behind.every((each) => contrast(shade, each) >= READABLE));
  return {
    accent: hexOf(accent),
    hover: hexOf(hover),
    onAccent: hexOf(onAccent),
    text: hexOf(text),
    soft: hexOf(soft),
  };
}

/** The custom properties of `design/theme.css` for an accent. */
export function accentProperties(hex: string): Readonly<Record<string, string>> {
  const light = accentShades(hex, "light");
  const dark = accentShades(hex, "dark");
  const both = (shade: keyof AccentShades) => `light-dark(${light[shade]}, ${dark[shade]})`;
  return {
    "--accent": both("accent"),
    "--accent-hover": both("hover"),
    "--on-accent": both("onAccent"),
    "--accent-text": both("text"),
    "--accent-soft": both("soft"),
  };
}

/** The contrast of two colours such as `#4b50c8`, from 1 to 21 (WCAG 2.2). */
export function contrastOf(one: string, other: string): number {
  return contrast(rgbOf(one), rgbOf(other));
}

function contrast(one: Rgb, other: Rgb): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const STEPS = 50;

/** The nearest shade on the way from one colour to another that is enough, or else the other. */
function towards(from: Rgb, to: Rgb, isEnough: (shade: Rgb) => boolean): Rgb {
  for (let step = 0; step < STEPS; step += 1) {
    const shade = mix(from, to, step / STEPS);
    if (isEnough(shade)) return shade;
  }
  return to;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
}

function rgbOf(hex: string): Rgb {
  const at = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

function hexOf(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
