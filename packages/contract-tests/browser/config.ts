import { z } from "zod";

const environment = z.object({
  SCREENSHOTS_DIR: z.string().min(1).optional(),
  BUSY_SECONDS: z.coerce.number().nonnegative().default(0),
});
const { SCREENSHOTS_DIR, BUSY_SECONDS } = environment.parse(process.env);

/** Where screenshots are saved. Null saves none. */
export const screenshotsDir = SCREENSHOTS_DIR ?? null;

/** How long the busy session lasts at least. It always ends a round. */
export const busyMs = BUSY_SECONDS * 1_000;
