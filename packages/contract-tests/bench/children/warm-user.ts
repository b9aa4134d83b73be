/** Somebody who is known, and asks every 20 ms. A process of its own, so that only the server can delay them. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const PAUSE_MS = 20;
const command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("start"), url: z.string(), token: z.string() }),
  /** Answers with how long each answer took. */
  z.object({ do: z.literal("stop") }),
]);

let isAsking = false;
let times: number[] = [];

async function askAgainAndAgain(url: string, token: string): Promise<void> {
  isAsking = true;
  times = [];
  while (isAsking) {
    const beganMs = performance.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    if (times.push(performance.now() - beganMs) === 1) process.send?.([]); // it is connected
    await sleep(PAUSE_MS);
  }
  process.send?.(times.slice(1));
}

process.on("message", (message) => {
  const asked = command.parse(message);
  if (asked.do === "stop") isAsking = false;
  else void askAgainAndAgain(asked.url, asked.token);
});
