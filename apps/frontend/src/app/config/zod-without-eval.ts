import * as z from "zod/mini";

/**
 * Otherwise zod tries `new Function`, which violates the content security policy. Every module with schemas imports this
 * one, because the order in which the files of the build run is not the order of our imports.
 */
z.config({ jitless: true });
