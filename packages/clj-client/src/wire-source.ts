import { readFileSync } from "node:fs";

/** The text of `wire.ts`. The build of platform-api puts the text itself in this module's place. */
export const readWireSource = () => readFileSync(new URL("./wire.ts", import.meta.url), "utf8");
