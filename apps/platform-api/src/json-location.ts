/** Where in a JSON file something stands, as an operator finds it: `organizations[2].domains[0]`. */
export function location(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}
