import { accentProperties } from "./accent.ts";
import type { FrontendConfig } from "./config.ts";

export type Brand = Pick<FrontendConfig, "name" | "logo" | "accent" | "supportUrl" | "legalLinks">;

const DEFAULT: Brand = { name: "Platform", legalLinks: [] };

let current: Brand | null = null;

/** How the product is called and looks. It is the default until {@link applyBrand}. */
export function brand(): Brand {
  return current ?? DEFAULT;
}

/** The text with the name of the product in place of `{product}`. */
export function branded(text: string): string {
  return text.replaceAll("{product}", () => brand().name);
}

/** Whether `/config.json` was read, so that nobody sees the mark of another product for a moment. */
export function isBrandKnown(): boolean {
  return current !== null;
}

/** Called once, before the app is shown. */
export function applyBrand(given: Brand): void {
  current = given;
  document.title = given.name;
  if (given.logo !== undefined) {
    const link = document.querySelector("link[rel=icon]");
    link?.removeAttribute("type");
    link?.setAttribute("href", given.logo);
  }
  if (given.accent === undefined) return;
  for (const [property, value] of Object.entries(accentProperties(given.accent))) {
    document.documentElement.style.setProperty(property, value);
  }
}
