import type { RefusalCode } from "@wadi/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";

import type { HttpMetrics } from "./metrics.ts";

/**
 * Writes the one line that each request gets, when its reply has ended or its caller has gone, and
 * counts it. Neither query nor body are in the line: callers may put anything there.
 */
export function watch(metrics: HttpMetrics, request: FastifyRequest, reply: FastifyReply): void {
  const began = performance.now();
  metrics.underWay.inc();
  reply.raw.once("close", () => {
    metrics.underWay.dec();
    const { route } = request.routeOptions.config;
    const ms = performance.now() - began;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : "gone";
    const name = request.routeOptions.url ?? "none";
    if (route?.media?.[0] !== "text/event-stream") {
      const labels = { method: request.method, route: name, status: String(status) };
      metrics.durations.observe(labels, ms / 1000);
    }
    request.log.info(
      {
        method: request.method,
        route: name,
        ...(name === "none" && { path: request.url.split("?", 1)[0]!.slice(0, 200) }),
        status,
        ms: Math.round(ms * 10) / 10,
        key: request.signer?.key ?? null,
        role: request.signer?.role ?? null,
        ...(request.problem !== undefined && { problem: request.problem }),
      },
      "request",
    );
  });
}

declare module "fastify" {
  interface FastifyRequest {
    /** The code of the problem that the request was answered with, if it was. */
    problem?: RefusalCode;
  }
}
