import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  // `/config.json` of the development server alone: a built app must be told where it is.
  publicDir: command === "serve" ? "development" : false,
  server: { host: "127.0.0.1", port: 4_002, strictPort: true },
  // The content security policy allows no `data:` addresses.
  build: { assetsInlineLimit: 0 },
}));
