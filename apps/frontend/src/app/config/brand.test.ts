// @vitest-environment happy-dom
import { expect, it, vi } from "vitest";
import { type AppReason, PROBLEMS } from "../problems/problems.ts";

it("applyBrand sets name, icon and accent, and every text of a problem then has the name", async () => {
  vi.resetModules(); // another test of this worker may have shown the app, which then knows its brand
  const { applyBrand, brand, isBrandKnown } = await import("./brand.ts");
  const { problemFor } = await import("../problems/error-reason.ts");
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
