import { expect, test } from "vitest";
import { CookieJar } from "./cookie-jar.ts";

function setting(...cookies: string[]): Response {
  return new Response(null, { headers: cookies.map((cookie): [string, string] => ["set-cookie", cookie]) });
}

test("keeps the latest value of each cookie until it is deleted", () => {
  const jar = new CookieJar();
  jar.take(setting("a=1; path=/; httponly", "b=x=y", "nonsense"));
  expect(jar.header).toBe("a=1; b=x=y");
  jar.take(setting("a=2", "b=; expires=Thu, 01 Jan 1970 00:00:00 GMT"));
  expect(jar.header).toBe("a=2");
});
