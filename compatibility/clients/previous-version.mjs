import { deepEqual } from "node:assert/strict";
import { tryPreviousVersion } from "../../packages/contract-tests/sdk-package/previous-version.ts";

const outcomes = await tryPreviousVersion();
for (const { name, detail } of outcomes) process.stdout.write(`${name}: ${detail}\n`);
deepEqual(
  outcomes.map(({ works }) => works),
  [true, true],
);
