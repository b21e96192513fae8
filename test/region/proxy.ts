import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import type { Chance } from "./chance.ts";

/** What befalls requests on their way: each a probability. */
export interface Weather {
  /** The connection breaks before the hub has heard the request. */
  readonly loseRequest: number;
  /** It breaks after the hub has done what was asked. */
  readonly loseReply: number;
  /** The hub gets the request twice, at the same time. */
  readonly double: number;
  /** The hub gets it again later, after others that came behind it. */
  readonly replay: number;
  readonly delayRequest: number;
  readonly delayReply: number;
  /** Of all delays and replays. */
  readonly latestMs: number;
}

export const clearWeather: Weather = {
  loseRequest: 0,
  loseReply: 0,
  double: 0,
  replay: 0,
  delayRequest: 0,
  delayReply: 0,
  latestMs: 0,
};

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands between callers and a hub. Its own address stays, whatever becomes of the hub. */
export class Proxy {
  weather = clearWeather;
  /** Where requests go now. */
  target = "http://127.0.0.1:1";
  readonly #chance: Chance;
  readonly #server = createServer((incoming, reply) => {
    this.#pass(incoming, reply).catch(() => void incoming.socket.destroy());
  });
  readonly #sockets = new Set<Socket>();
  readonly #onwards = new Agent({ keepAlive: true });
  readonly #closing = new AbortController();
  #isCut = false;

  private constructor(chance: Chance) {
    this.#chance = chance;
    this.#server.on("connection", (socket) => {
      if (this.#isCut) return void socket.destroy();
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {}); // "close" follows
    });
  }

  static async open(chance: Chance): Promise<Proxy> {
    const proxy = new Proxy(chance);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections, and lets none through until told otherwise. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) this.dropAll();
  }

  /** Breaks the connections there are. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.dropAll();
    this.#onwards.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const fate = this.#fate();
    const sent = await readWhole(incoming);
    if (fate.loseRequest) return void incoming.socket.destroy();
    if (fate.delayRequest) await sleep(fate.delayMs);
    if (fate.double) void this.#again(sent, 0);
    if (fate.replay) void this.#again(sent, fate.delayMs);

    const gone = new AbortController();
    reply.on("close", () => gone.abort());
    const answer = await this.#ask(sent, gone.signal);
    if (!fate.loseReply && !fate.delayReply) {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, reply);
      return;
    }
    const { body } = await readWhole(answer);
    if (fate.delayReply) await sleep(fate.delayMs);
    if (fate.loseReply || this.#isCut) return void incoming.socket.destroy();
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    reply.end(body);
  }

  #fate() {
    const { weather } = this;
    const falls = (probability: number) => this.#chance.happens(probability);
    return {
      loseRequest: falls(weather.loseRequest),
      loseReply: falls(weather.loseReply),
      double: falls(weather.double),
      replay: falls(weather.replay),
      delayRequest: falls(weather.delayRequest),
      delayReply: falls(weather.delayReply),
      delayMs: this.#chance.between(0, weather.latestMs),
    };
  }

  #ask({ method, path, headers, body }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const url = new URL(path, this.target);
    const how = { method, agent: this.#onwards, signal, headers: { ...headers, host: url.host } };
    request(url, how, resolve).on("error", reject).end(body);
    return promise;
  }

  /** What the hub says to it, nobody hears. */
  async #again(sent: Sent, afterMs: number): Promise<void> {
    const { signal } = this.#closing;
    try {
      await sleep(afterMs, undefined, { signal });
      const answer = await this.#ask(sent, AbortSignal.any([signal, AbortSignal.timeout(5000)]));
      await readWhole(answer);
    } catch {
      // The hub is away: then it was lost.
    }
  }
}

async function readWhole(stream: IncomingMessage): Promise<Sent> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  const { method = "GET", url = "/", headers } = stream;
  return { method, path: url, headers, body: Buffer.concat(pieces) };
}
