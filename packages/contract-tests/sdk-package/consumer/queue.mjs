import { createCljClient } from "@platform-api/clj-client";
import { inMemoryDirectory } from "@platform-api/clj-client/testing";
import { setupServer } from "msw/node";

/** Prints what more calls than places come to, on a Node as old as promised: before 20.3 there is no such method. */
Object.assign(AbortSignal, { any: undefined });
const options = { url: "http://directory.test", token: "t" };
const directory = inMemoryDirectory(options);
setupServer(...directory.handlers).listen();
const client = createCljClient({ ...options, inFlight: 1 });
const found = await Promise.all(["a", "b", "c"].map((name) => client.findByEmail(`${name}@acme.example`)));
process.stdout.write(JSON.stringify(found.map((user) => user !== null)));
