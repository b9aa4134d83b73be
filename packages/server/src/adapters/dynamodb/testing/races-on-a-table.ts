import { afterAll } from "vitest";
import { shareIn } from "../../../domain/testing/shared-ports.ts";
import { startEmbeddedStore } from "./embedded-store.ts";
import { mirroredTable } from "./mirrored-table.ts";

// The tests of the next file race on a table of their own.
const store = await startEmbeddedStore();
afterAll(() => store.close());
shareIn(mirroredTable(await store.emptyTable()));
