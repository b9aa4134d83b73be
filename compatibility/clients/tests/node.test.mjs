import { test } from "node:test";
import * as main from "@platform-api/client";
import * as web from "@platform-api/client/web";
import { checkSdk } from "../checks.mjs";
import { checkMocks } from "./mocks.mjs";

test("the SDK asks a server", () => checkSdk({ ...main, ...web }));
test("the mocks answer", checkMocks);
