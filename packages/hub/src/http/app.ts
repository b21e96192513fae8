import type { Route } from "@wadi/protocol";
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from "fastify";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { admit, isStillGood, type Door } from "./access.ts";
import { addBodyParsers } from "./bodies.ts";
import { onClientError } from "./client-error.ts";
import { httpMetrics, type HttpMetrics } from "./metrics.ts";
import { makePhase, type Phase } from "./phase.ts";
import { sendProblem } from "./problem.ts";
import { rateLimiter } from "./rate-limit.ts";
import { setCorsHeaders, setHeaders } from "./reply-headers.ts";
import { requestIdOf } from "./request-id.ts";
import type { Signer } from "./signer.ts";
import { tlsOptions } from "./tls.ts";
import { watch } from "./watch.ts";

/** The hub's HTTP server, made by `makeApp`; areas hang their routes on it with `serve`. */
export type App = FastifyInstance;

declare module "fastify" {
  interface FastifyInstance {
    readonly hub: Hub;
    /** Every route served so far. */
    readonly served: { readonly route: Route; readonly pattern: RegExp }[];
    readonly phase: Phase;
    readonly httpMetrics: HttpMetrics;
    /** Whether what a request signed in with is good still; for streams that live long. */
    isStillGood(request: FastifyRequest): Promise<boolean>;
  }
  interface FastifyRequest {
    /** Null where the route asks for nobody. */
    signer: Signer | null;
  }
  interface FastifyContextConfig {
    route?: Route;
  }
}

/** A server without routes; `serve` adds them, `listen` starts it, `stopApp` ends it. */
export function makeApp(hub: Hub, door: Door): App {
  const app = makeServer(hub);
  const phase = makePhase();
  const limiter = rateLimiter(hub.clock);
  app.decorate("hub", hub);
  app.decorate("served", []);
  app.decorate("phase", phase);
  app.decorate("httpMetrics", httpMetrics(hub.metrics));
  app.decorate("isStillGood", (request) => isStillGood(door, request));
  app.decorateRequest("signer", null);
  addBodyParsers(app, hub.config.limits.uploadBytes);

  app.addHook("onRequest", async (request, reply) => {
    setHeaders(hub.config, request, reply);
    watch(app.httpMetrics, request, reply);
    if (setCorsHeaders(hub.config, request, reply)) return reply.code(204).send();
    if (phase.stopping.signal.aborted && request.routeOptions.config.route?.tag !== "System") {
      void reply.header("connection", "close");
      throw new Refused("stopping", {}, "this hub is stopping; ask another, or ask again");
    }
    reply.raw.once("close", phase.enter());
    request.signer = await admit({ hub, door, limiter }, request);
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0]!;
    const here = app.served.filter(({ pattern }) => pattern.test(path));
    const methods = here.map(({ route }) => route.method);
    if (methods.length > 0) void reply.header("allow", methods.join(", "));
    sendProblem(nothingThere(request.method, { path, methods }), request, reply);
  });
  return app;
}

function makeServer(hub: Hub): App {
  const { config } = hub;
  const { requestMs } = config.timings;
  const slowness = {
    headersTimeout: Math.min(requestMs, 15_000),
    connectionsCheckingInterval: Math.min(requestMs, 5000),
  };
  const options: FastifyServerOptions = {
    loggerInstance: hub.log,
    logController: quietLog(),
    genReqId: (request) => requestIdOf(request, hub.newId),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: config.limits.bodyBytes,
    requestTimeout: requestMs,
    return503OnClosing: false, // our own hook answers, with problem details
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 512 },
    clientErrorHandler: onClientError,
    frameworkErrors: (error, request, reply) => {
      setHeaders(config, request, reply);
      sendProblem(error, request, reply);
    },
  };
  if (config.tls === null) return Fastify({ ...options, http: slowness });
  // Over TLS the server is of another type, with all that we use of this one.
  const secured = { ...options, https: { ...slowness, ...tlsOptions(config.tls) } };
  return Fastify(secured as FastifyServerOptions);
}

/** `watch` writes the one line that a request gets, `sendProblem` what went wrong with it. */
function quietLog(): LogController {
  const nothing = () => {};
  const quiet = { incomingRequest: nothing, requestCompleted: nothing, defaultErrorLog: nothing };
  return Object.assign(new LogController({ requestIdLogLabel: "request" }), quiet);
}

function nothingThere(method: string, { path, methods }: { path: string; methods: string[] }) {
  if (methods.length === 0) {
    const detail = `${path.slice(0, 200)} is no path of this API; see /docs for those there are`;
    return new Refused("not-found", {}, detail);
  }
  const detail = `${path.slice(0, 200)} has ${methods.join(", ")} and no ${method}`;
  return new Refused("method-not-allowed", { methods }, detail);
}
