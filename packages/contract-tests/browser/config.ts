import { z } from "zod";

const environment = z.object({
  CHROMIUM: z.string().min(1).optional(),
  SCREENSHOTS_DIR: z.string().min(1).optional(),
  BUSY_SECONDS: z.coerce.number().nonnegative().default(0),
});
const { CHROMIUM, SCREENSHOTS_DIR, BUSY_SECONDS } = environment.parse(process.env);

/** The Chromium to use. Null uses the first one that is installed. */
export const chromiumPath = CHROMIUM ?? null;

/** Where screenshots are saved. Null saves none. */
export const screenshotsDir = SCREENSHOTS_DIR ?? null;

/** How long the busy session lasts at least. It always ends a round. */
export const busyMs = BUSY_SECONDS * 1_000;
