import { reasonOf } from "@platform-api/client";
import { requireOrganization as onExpress } from "@platform-api/client/express";
import { requireOrganization as onFastify } from "@platform-api/client/fastify";
import { requireOrganization as onHono } from "@platform-api/client/hono";
import { createFreshToken } from "@platform-api/client/react";
import { watchStandings } from "@platform-api/client/standings";
import { platformHandlers } from "@platform-api/client/testing";
import { createAuthenticator } from "@platform-api/client/web";

export const main: number = reasonOf(null); // TS2322
export const express: number = onExpress(); // TS2322
export const fastify: number = onFastify(); // TS2322
export const hono: number = onHono(); // TS2322
export const react: number = createFreshToken({ token: "t" }); // TS2322
export const standings: number = watchStandings; // TS2322
export const testing: number = platformHandlers({ url: "" }); // TS2322
export const web: number = createAuthenticator; // TS2322
