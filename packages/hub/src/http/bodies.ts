import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { jobSpec, type Route } from "@wadi/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { Refused } from "../refused.ts";
import { readJson, readYaml } from "./read-body.ts";

const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml"];
const bytesType = "application/octet-stream";

/**
 * Teaches the server to read bodies: JSON everywhere; YAML where a job spec is sent, because people
 * write those by hand; bytes, unread, where the route `accepts` them. Everything else is refused.
 */
export function addBodyParsers(app: FastifyInstance, uploadBytesMax: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    refuseType(request, (route) => route.accepts === undefined);
    done(null, readJson(body as Buffer));
  });
  app.addContentTypeParser(yamlTypes, { parseAs: "buffer" }, (request, body, done) => {
    refuseType(request, (route) => route.body === jobSpec);
    done(null, readYaml(body as Buffer));
  });
  app.addContentTypeParser(bytesType, (request, payload, done) => {
    refuseType(request, (route) => route.accepts === bytesType);
    done(null, boundedBytes(payload, uploadBytesMax));
  });
}

/** What a route takes, for people. */
export function typesTaken(route: Route): string[] {
  if (route.accepts !== undefined) return [route.accepts];
  return route.body === jobSpec ? ["application/json", "application/yaml"] : ["application/json"];
}

function refuseType(request: FastifyRequest, takes: (route: Route) => boolean): void {
  const { route } = request.routeOptions.config as { route?: Route };
  if (!route || takes(route)) return;
  const types = typesTaken(route);
  const detail = `send the body as ${types.join(" or ")}, and say so in Content-Type`;
  throw new Refused("unsupported-media-type", { types }, detail);
}

/** The bytes of a request as they come; reading on fails once there are more than allowed. */
function boundedBytes(payload: IncomingMessage, bytesMax: number): Readable {
  const tooLarge = () =>
    new Refused("body-too-large", { bytesMax }, `the body may have ${bytesMax} bytes`);
  if (Number(payload.headers["content-length"] ?? 0) > bytesMax) throw tooLarge();

  async function* bounded() {
    let count = 0;
    // The socket must outlive a refusal: the reply goes through it.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      count += (chunk as Buffer).length;
      if (count > bytesMax) throw tooLarge();
      yield chunk as Buffer;
    }
  }
  return Readable.from(bounded(), { objectMode: false });
}
