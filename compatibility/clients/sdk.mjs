import * as main from "@platform-api/client";
import * as web from "@platform-api/client/web";
import { checkSdk } from "./checks.mjs";

// Run as it is by Bun and Deno.
await checkSdk({ ...main, ...web });
