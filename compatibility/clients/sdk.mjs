import * as sdk from "@platform-api/client";
import { checkSdk } from "./checks.mjs";

// Run as it is by Bun and Deno.
await checkSdk(sdk);
