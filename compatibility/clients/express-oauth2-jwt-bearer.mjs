import { equal } from "node:assert/strict";
import { once } from "node:events";
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";

const { APP_ORIGIN, AUDIENCE, ISSUER, TOKEN } = process.env;
const app = express();
app.use(auth({ issuerBaseURL: ISSUER, audience: AUDIENCE }));
app.get("/", (request, response) => response.json(request.auth.payload.sub));
app.use((error, _request, response, _next) => response.sendStatus(error.status ?? 500));
const server = app.listen(new URL(APP_ORIGIN).port, new URL(APP_ORIGIN).hostname);
await once(server, "listening");

const ask = async (headers) => (await fetch(APP_ORIGIN, { headers })).status;
equal(await ask({ authorization: `Bearer ${TOKEN}` }), 200);
equal(await ask({ authorization: `Bearer ${TOKEN.slice(0, -4)}AAAA` }), 401);
equal(await ask({}), 401);
server.closeAllConnections();
server.close();
