import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Input } from "@wadi/core/job";
import { bytes } from "@wadi/core/units";
import { ApiProblem, refusals } from "@wadi/protocol";
import { collectOutputs } from "./collect-outputs.ts";
import { InputRefused, placeInput, type InputOptions } from "./place-inputs.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const signal = new AbortController().signal;
const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

test("an upload is placed with the folders on its way, whole or not at all", async () => {
  const work = await folder();
  const input = anUpload("some data", "in/data.txt");
  await place(work, input, { "some data": "some data" });
  await place(work, input, { "some data": "some data" }); // after a crash it is placed again
  expect(await readFile(join(work, "in/data.txt"), "utf8")).toBe("some data");

  const wrong = place(work, anUpload("expected", "other"), { expected: "something else" });
  await expect(wrong).rejects.toThrow("its SHA-256 is");
  await expect(readFile(join(work, "other"))).rejects.toThrow("ENOENT");
});

test("an upload that the hub does not have is refused for good", async () => {
  const gone = place(await folder(), anUpload("x", "x"), {});
  await expect(gone).rejects.toThrow(/input "x" cannot be had: the hub no longer has it/);
  await expect(gone).rejects.toBeInstanceOf(InputRefused);
});

test("nothing is placed through a link that leads out of the run's folder", async () => {
  const work = await folder();
  const outside = await folder();
  await symlink(outside, join(work, "kept"));
  const content = { x: "x" };
  await expect(place(work, anUpload("x", "kept/evil"), content)).rejects.toThrow(
    "leads over a link",
  );
  await expect(place(work, anUpload("x", "../evil"), content)).rejects.toThrow("leads out");
  await symlink(join(outside, "victim"), join(work, "file"));
  await place(work, anUpload("x", "file"), content); // the link itself is replaced
  expect(await readFile(join(work, "file"), "utf8")).toBe("x");
  await expect(readFile(join(outside, "victim"))).rejects.toThrow("ENOENT");
});

test("a dataset is linked or copied, and an unknown one refused", async () => {
  const work = await folder();
  const data = await folder();
  await writeFile(join(data, "part-1"), "rows");
  const datasets = {
    wiki: { path: data, as: "link" as const },
    copied: { path: data, as: "copy" as const },
  };
  await place(work, aDataset("wiki", "in/wiki"), {}, { datasets });
  expect(await readlink(join(work, "in/wiki"))).toBe(data);
  await place(work, aDataset("copied", "copy"), {}, { datasets });
  expect(await readFile(join(work, "copy/part-1"), "utf8")).toBe("rows");
  const unknown = place(work, aDataset("wikj", "x"), {}, { datasets });
  await expect(unknown).rejects.toThrow('no dataset "wikj"');
});

test("a URL is fetched over redirects, within its bound", async () => {
  const work = await folder();
  const url = await serveFiles((request, reply) => {
    if (request.url === "/moved") return void reply.writeHead(302, { location: "/file" }).end();
    if (request.url === "/gone") return void reply.writeHead(410).end();
    if (request.url === "/busy") return void reply.writeHead(503).end();
    reply.end("0123456789");
  });
  const urls = { urls: "any" as const };
  await place(work, aUrl(`${url}/moved`, "file"), {}, urls);
  expect(await readFile(join(work, "file"), "utf8")).toBe("0123456789");

  const small: Input = { ...aUrl(`${url}/file`, "small"), bytes: bytes(9) };
  await expect(place(work, small, {}, urls)).rejects.toThrow("more than 9 bytes");
  const gone = place(work, aUrl(`${url}/gone`, "x"), {}, urls);
  await expect(gone).rejects.toBeInstanceOf(InputRefused);
  const busy = place(work, aUrl(`${url}/busy`, "x"), {}, urls);
  await expect(busy).rejects.toThrow("status 503"); // may pass: it is tried again
  await expect(busy).rejects.not.toBeInstanceOf(InputRefused);
});

test("a URL that leads into the centre's own network is refused, also by its name", async () => {
  const work = await folder();
  const url = await serveFiles((_, reply) => reply.end("secret"));
  const named = url.replace("127.0.0.1", "localhost");
  for (const one of [url, named, "http://169.254.169.254/", "http://[::1]/"]) {
    const fetched = place(work, aUrl(one, "x"), {}, { urls: "public" });
    await expect(fetched).rejects.toThrow("the centre's own network");
  }
  await expect(place(work, aUrl(url, "x"), {}, { urls: "none" })).rejects.toThrow(
    "fetches no URLs",
  );
});

test("files and folders are collected; what is missing, too large, no file is noted", async () => {
  const work = await folder();
  await mkdir(join(work, "model/layers"), { recursive: true });
  await writeFile(join(work, "model/layers/1"), "one");
  await writeFile(join(work, "model/card.md"), "card");
  await writeFile(join(work, "huge"), "x".repeat(101));
  execFileSync("mkfifo", [join(work, "pipe")]);
  const { stored, found } = await collect(work, ["model", "huge", "pipe", "nothing"]);
  expect(found.files).toEqual([
    { path: "model/card.md", sha256: sha256Of("card"), bytes: 4n },
    { path: "model/layers/1", sha256: sha256Of("one"), bytes: 3n },
  ]);
  expect(stored).toEqual(["card", "one"]);
  expect(found.notes).toEqual([
    'output "huge" was not kept: it has 101 bytes; at most 100 are taken',
    'output "pipe" was not kept: it is no plain file',
    'output "nothing" was not kept: there is no such file',
  ]);
});

test("a link out of the run's folder is not followed, one into its checkpoint is", async () => {
  const work = await folder();
  const checkpoint = await folder();
  await writeFile(join(checkpoint, "state"), "kept");
  await symlink("/etc/passwd", join(work, "stolen"));
  await symlink("/etc", join(work, "etc"));
  await symlink(checkpoint, join(work, "ckpt"));
  const { found } = await collect(work, ["stolen", "etc/hostname", "ckpt/state"], checkpoint);
  expect(found.files.map(({ path }) => path)).toEqual(["ckpt/state"]);
  expect(found.notes).toHaveLength(2);
  expect(found.notes.join()).toContain("leads out of the run's folder");
});

test("more files than are kept are counted, not collected", async () => {
  const work = await folder();
  for (let i = 0; i < 8; i += 1) await writeFile(join(work, `f${i}`), "x");
  const { found } = await collect(work, ["."]);
  expect(found.files).toHaveLength(5);
  expect(found.notes).toEqual(["only 5 output files are kept"]);
});

async function collect(work: string, wanted: string[], checkpoint = work) {
  const stored: string[] = [];
  const hub = {
    writeOutput: async (_sha256: string, content: Uint8Array) => {
      stored.push(Buffer.from(content).toString());
    },
  };
  const options = { hub, bytesMax: 100, filesMax: 5 };
  return { stored, found: await collectOutputs(wanted, { work, checkpoint }, { options, signal }) };
}

function place(
  work: string,
  input: Input,
  uploads: Record<string, string>,
  differs: Partial<InputOptions> = {},
): Promise<void> {
  const byHash = new Map(Object.entries(uploads).map(([of, text]) => [sha256Of(of), text]));
  const readInput = async (sha256: string) => {
    const text = byHash.get(sha256);
    if (text === undefined) throw notFound();
    return (async function* () {
      yield Buffer.from(text);
    })();
  };
  const options = { hub: { readInput }, datasets: {}, urls: "none", urlBytesMax: 1e6, ...differs };
  return placeInput(work, input, { options: options as InputOptions, signal });
}

const notFound = () => {
  const code = "not-found";
  return new ApiProblem({ type: "", ...refusals[code], code, detail: "", instance: "" });
};

const anUpload = (of: string, to: string): Input => ({
  kind: "upload",
  sha256: sha256Of(of),
  to,
  bytes: null,
});
const aUrl = (url: string, to: string): Input => ({ kind: "url", url, to, bytes: null });
const aDataset = (dataset: string, to: string): Input => ({
  kind: "dataset",
  dataset,
  place: "east" as Extract<Input, { kind: "dataset" }>["place"],
  replicas: [],
  to,
  bytes: null,
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "wadi-files-"));
  ends.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function serveFiles(
  answer: (request: IncomingMessage, reply: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  ends.push(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
