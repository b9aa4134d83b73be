import { build } from "esbuild";
import { inBrowser, serving } from "./browser.mjs";
import { checkPage, HTML, SCRIPT } from "./page-script.mjs";

const stdin = { contents: SCRIPT, resolveDir: import.meta.dirname };
// Other names under which package.json has React
const [react = "react", reactDom = "react-dom"] = process.argv.slice(2);
const alias = { react, "react-dom": reactDom };
const { outputFiles } = await build({
  stdin,
  alias,
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
});
await serving({ "/": HTML, "/app.js": outputFiles[0].text }, () => inBrowser(checkPage));
