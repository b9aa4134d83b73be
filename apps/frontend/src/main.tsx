import "@fontsource-variable/inter/opsz.css";
import "./styles/index.css";
import { createRoot } from "react-dom/client";
import { removeFailedLinks } from "./design/failed-links.ts";
import { start } from "./start.tsx";
import { handOverTestSignIn } from "./test-sign-in.ts";
import { TestOver } from "./ui/test-over.tsx";

removeFailedLinks();
const root = createRoot(document.getElementById("root") ?? document.body);
if (handOverTestSignIn()) root.render(<TestOver />);
else await start(root);
