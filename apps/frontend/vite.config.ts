import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { DEVELOPMENT_CONFIG } from "./development-config.ts";

/** `/config.json` of the development server, which runs beside the stack on its default ports. */
const developmentConfig: Plugin = {
  name: "development-config",
  configureServer({ middlewares }) {
    middlewares.use("/config.json", (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(DEVELOPMENT_CONFIG));
    });
  },
};

export default defineConfig({
  plugins: [react(), developmentConfig],
  server: { host: "127.0.0.1", port: 4_002, strictPort: true },
  // The content security policy allows no `data:` addresses.
  build: { assetsInlineLimit: 0 },
});
