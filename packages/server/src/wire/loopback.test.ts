import { expect, it } from "vitest";
import { isLoopback } from "./loopback.ts";

it.each([
  "http://localhost:4005",
  "http://127.0.0.1",
  "http://127.9.8.7:1",
  "http://[::1]:4005",
  "http://127.1",
])("%s is this machine", (url) => {
  expect(isLoopback(new URL(url).hostname)).toBe(true);
});

it.each([
  "http://localhost.evil.example",
  "http://127.0.0.1.evil.example",
  "http://127.evil.example",
  "http://notlocalhost",
  "http://128.0.0.1",
  "http://0.0.0.0",
  "http://[::2]",
])("%s is another machine", (url) => {
  expect(isLoopback(new URL(url).hostname)).toBe(false);
});
