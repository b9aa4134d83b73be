import { readPage } from "../pages/page.ts";

/** `docs/deploy-kubernetes.md`. */
export const PAGE = readPage("docs/deploy-kubernetes.md");

const [ofServer = "", ofBackend = ""] = PAGE.code("ini");
/** The example of `secret.env`. */
export const SECRETS: string = ofServer;
/** The example of `agentic-backend-secret.env`. */
export const BACKEND_SECRETS: string = ofBackend;
