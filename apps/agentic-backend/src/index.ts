export { AGENTIC_BACKEND_VARIABLES, type Config, readConfig } from "./config.ts";
export { createRunsTable } from "./runs-table.ts";
export { type Running, serveAgenticBackend } from "./serve.ts";
