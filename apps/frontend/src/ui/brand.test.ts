// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { applyBrand, brand, isBrandKnown } from "./brand.ts";
import { problemFor } from "./error-reason.ts";
import { type AppReason, PROBLEMS } from "./problems.ts";

it("applyBrand sets name, icon and accent, and every text of a problem then has the name", () => {
  document.head.innerHTML = `<link rel="icon" href="/icon.svg" type="image/svg+xml">`;
  expect([brand().name, isBrandKnown()]).toEqual(["Platform", false]);
  applyBrand({ name: "$& Console", logo: "/logo.png", accent: "#ffd400", legalLinks: [] });
  expect([document.title, isBrandKnown()]).toEqual(["$& Console", true]);
  const icon = document.querySelector("link[rel=icon]");
  expect([icon?.getAttribute("href"), icon?.hasAttribute("type")]).toEqual(["/logo.png", false]);
  expect(document.documentElement.style.getPropertyValue("--accent")).toMatch(/^light-dark\(/);
  const texts = (Object.keys(PROBLEMS) as AppReason[]).flatMap((reason) => {
    const { title, what, next } = problemFor(reason, { email: "jane@acme.example", organization: "Acme" });
    return [title, what, next];
  });
  expect(texts.filter((text) => /Platform|[{}]/.test(text))).toEqual([]);
  expect(texts).toContain("$& Console is not responding");
});
