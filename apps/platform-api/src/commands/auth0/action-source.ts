import { readFileSync } from "node:fs";

/** The text of `auth0/post-login-action.js`. The build puts the text itself in this module's place. */
export const readActionSource = () =>
  readFileSync(new URL("../../../../../auth0/post-login-action.js", import.meta.url), "utf8");
