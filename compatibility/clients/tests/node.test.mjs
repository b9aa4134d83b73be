import { test } from "node:test";
import * as sdk from "@platform-api/client";
import { checkSdk } from "../checks.mjs";
import { checkMocks } from "./mocks.mjs";

test("the SDK asks a server", () => checkSdk(sdk));
test("the mocks answer", checkMocks);
