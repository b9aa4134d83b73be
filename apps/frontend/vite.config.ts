import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  // Only the development server has a `/config.json` of its own. A deployed app needs one.
  publicDir: command === "serve" ? "development" : false,
  server: { host: "127.0.0.1", port: 4_002, strictPort: true },
  // The content security policy forbids `data:` URLs.
  build: { assetsInlineLimit: 0 },
}));
