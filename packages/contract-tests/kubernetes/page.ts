import { readPage } from "../pages/page.ts";

/** `docs/deploy-kubernetes.md`. */
export const PAGE = readPage("docs/deploy-kubernetes.md");

/** The example of `secret.env`. */
export const SECRETS: string = PAGE.code("ini").join("");
