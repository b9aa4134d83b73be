import { expect, it } from "vitest";
import { base64urlOf, hexOf, textOfBase64url } from "./encoding.ts";

it.each(["", "a", "jane@acme.example", "bücher", "😀?>~"])("%s is encoded as Node does", (text) => {
  expect(base64urlOf(text)).toBe(Buffer.from(text).toString("base64url"));
  expect(textOfBase64url(base64urlOf(text))).toBe(text);
});

it("has two digits for a byte", () => {
  expect(hexOf(Uint8Array.of(0, 10, 255))).toBe("000aff");
});
