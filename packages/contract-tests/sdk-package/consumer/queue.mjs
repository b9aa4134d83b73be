import { createCljClient } from "@platform-api/clj-client";
import { inMemoryDirectory } from "@platform-api/clj-client/testing";
import { setupServer } from "msw/node";

/** Prints the results of more calls than slots, without `AbortSignal.any`, which Node has since 20.3. */
Object.assign(AbortSignal, { any: undefined });
const options = { url: "http://directory.test", token: "t" };
const directory = inMemoryDirectory(options);
setupServer(...directory.handlers).listen();
const client = createCljClient({ ...options, inFlight: 1 });
const found = await Promise.all(["a", "b", "c"].map((name) => client.findByEmail(`${name}@acme.example`)));
process.stdout.write(JSON.stringify(found.map((user) => user !== null)));
