import "@fontsource-variable/inter/opsz.css";
import "./app/app.css";
import { createRoot } from "react-dom/client";
import { start } from "./app/start.tsx";
import { removeFailedLinks } from "./design/failed-links.ts";
import { TestOver } from "./sign-in/test-over.tsx";
import { handOverTestSignIn } from "./sign-in/test-sign-in.ts";

removeFailedLinks();
const root = createRoot(document.getElementById("root") ?? document.body);
if (handOverTestSignIn()) root.render(<TestOver />);
else await start(root);
