import theme from "../theme.css?raw";

/** The tokens of the theme by what they are for, in its order. */
export interface Tokens {
  readonly colours: readonly string[];
  readonly sizes: readonly string[];
  readonly spaces: readonly string[];
  readonly shapes: readonly string[];
  readonly times: readonly string[];
}

/** Read from the style sheet itself, so that none is missing. */
export function tokensOf(css: string): Tokens {
  const found = [...css.matchAll(/^\s+(--[a-z0-9-]+):\s*([^;]+);/gm)];
  const named = (is: (name: string, value: string) => boolean) =>
    found.flatMap(([, name = "", value = ""]) => (is(name, value) ? [name] : []));
  return {
    colours: named((name, value) => !name.startsWith("--shadow") && /light-dark\(|#|^var\(/.test(value)),
    sizes: named((name) => name.startsWith("--size")),
    spaces: named((name) => /^--(space|gutter)/.test(name)),
    shapes: named((name) => /^--(radius|shadow)/.test(name)),
    times: named((_, value) => /^\d+ms$/.test(value)),
  };
}

export const TOKENS = tokensOf(theme);
