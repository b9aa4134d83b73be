import { expect, test } from "vitest";
import { html } from "./html.ts";

test("escapes every string exactly once", () => {
  const hostile = `<i title="a" id='b'>&`;
  const inner = html`<b>${hostile}</b>`;
  const escaped = "<b>&#60;i title=&#34;a&#34; id=&#39;b&#39;&#62;&#38;</b>";
  expect(html`<p title="${hostile}">${inner}${null}${[inner, inner]}</p>`.text).toBe(
    `<p title="&#60;i title=&#34;a&#34; id=&#39;b&#39;&#62;&#38;">${escaped}${escaped}${escaped}</p>`,
  );
});
