import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

it.each([
  ["react", [".env", "src/App.tsx"]],
  ["next", [".env", "auth0-client.ts", "proxy.ts", "app/api/me/route.ts", "app/page.tsx"]],
])("every code block of docs/first-app-%s.md is a file that `pnpm compatibility` runs", (app, names) => {
  const page = read(`docs/first-app-${app}.md`);
  const code = [...page.matchAll(/^`(.+?)`[^\n]*:\n\n```\w+\n([\s\S]*?)```$/gm)];
  expect(code.map(([, name]) => name)).toEqual(names);
  for (const [, name, text] of code) expect(text).toBe(read(`compatibility/apps/${app}/${name}`));
  const fences = [...page.matchAll(/^```(\w+)$/gm)].filter(([, language]) => language !== "sh");
  expect(fences).toHaveLength(names.length);
});
