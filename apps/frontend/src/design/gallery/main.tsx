import "@fontsource-variable/inter/opsz.css";
import "../design.css";
import "./gallery.css";
import { createRoot } from "react-dom/client";
import { Gallery } from "./gallery.tsx";

createRoot(document.getElementById("root") ?? document.body).render(<Gallery />);
