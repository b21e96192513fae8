import { Agent, request } from "node:http";

/** Sends requests over connections that are kept; the client's own cost is small and told. */
export interface Load {
  /** @throws Error with the status and the answer unless it is 2xx */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  close(): void;
}

export function openLoad(url: string, key: string): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  return {
    close: () => agent.destroy(),
    post: (path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const sent = request(
          url + path,
          {
            method: "POST",
            agent,
            headers: {
              authorization: `Bearer ${key}`,
              "content-type": "application/json",
              "content-length": Buffer.byteLength(body),
              ...headers,
            },
          },
          (reply) => {
            let text = "";
            reply.setEncoding("utf8");
            reply.on("data", (piece: string) => (text += piece));
            reply.on("end", () => {
              if ((reply.statusCode ?? 500) < 300) resolve(JSON.parse(text));
              else reject(new Error(`${reply.statusCode}: ${text.slice(0, 300)}`));
            });
          },
        );
        sent.on("error", reject);
        sent.end(body);
      }),
  };
}

/** Does `work` for each number below `count`, `width` at a time. */
export async function atOnce(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: width }, one));
}

/** The value below which so many of the sorted values lie. */
export const quantile = (sorted: readonly number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
