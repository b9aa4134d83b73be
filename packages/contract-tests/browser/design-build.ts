import { join } from "node:path";
import { build } from "vite";

/** Builds the page that shows the components of the frontend, which the app itself does not contain. */
export async function buildDesign(root: string, outDir: string): Promise<void> {
  const input = join(root, "design.html");
  await build({
    root,
    logLevel: "error",
    // As the development server does, keeps `light-dark()`: lowered for old browsers, it cannot show both themes at once.
    build: { outDir, emptyOutDir: true, cssTarget: "chrome125", rolldownOptions: { input } },
  });
}
