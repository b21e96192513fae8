import { z } from "zod";
import { instant } from "./codec.ts";
import { route } from "./route.ts";

const tag = "System";
export const systemRoutes = {
  live: route({
    method: "GET",
    path: "/healthz",
    needs: "public",
    tag,
    status: 200,
    summary: "The process answers",
    reply: z.object({ status: z.literal("ok") }),
  }),
  ready: route({
    method: "GET",
    path: "/readyz",
    needs: "public",
    tag,
    status: 200,
    summary: "The database answers; 503 otherwise",
    reply: z.object({
      status: z.literal("ready"),
      version: z.string(),
      leader: z.boolean(),
      at: instant,
    }),
  }),
  metrics: route({
    method: "GET",
    path: "/metrics",
    needs: "metrics:read",
    tag,
    status: 200,
    summary: "Prometheus metrics",
    media: ["text/plain"],
  }),
  openapi: route({
    method: "GET",
    path: "/openapi.json",
    needs: "public",
    tag,
    status: 200,
    summary: "This API as OpenAPI 3.1",
    media: ["application/json"],
  }),
} as const;
