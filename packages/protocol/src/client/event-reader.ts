/** One server-sent event. `event` is "message" where the server names none. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  /** Resumes the stream after this event; null before the first that has one. */
  readonly id: string | null;
}

export interface EventReader {
  /** Takes the next piece of text in, cut anywhere; returns the events that it ends. */
  take(text: string): ServerEvent[];
  /** How long the server asks to wait before the next connection; null where it does not say. */
  retryMs(): number | null;
}

/** Reads server-sent events as WHATWG HTML defines them, from text as it arrives. */
export function eventReader(): EventReader {
  let rest = "";
  let isFirst = true;
  let fields: { event: string; data: string[] } = { event: "", data: [] };
  let id: string | null = null;
  let retryMs: number | null = null;

  function takeField(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment, which keeps the connection awake
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") fields.data.push(value);
    if (name === "event") fields.event = value;
    if (name === "id" && !value.includes("\0")) id = value;
    if (name === "retry" && /^\d{1,9}$/.test(value)) retryMs = Number(value);
  }

  function end(): ServerEvent[] {
    const { event, data } = fields;
    fields = { event: "", data: [] };
    return data.length === 0 ? [] : [{ event: event || "message", data: data.join("\n"), id }];
  }

  return {
    take(text) {
      // A carriage return at the end may be half of a line's end: it waits for what follows.
      const all = rest + (isFirst ? text.replace(/^\uFEFF/, "") : text);
      if (text !== "") isFirst = false;
      const cut = all.endsWith("\r") ? all.length - 1 : all.length;
      const lines = all.slice(0, cut).split(/\r\n|\r|\n/);
      rest = (lines.pop() ?? "") + all.slice(cut);
      return lines.flatMap((line) => {
        if (line === "") return end();
        takeField(line);
        return [];
      });
    },
    retryMs: () => retryMs,
  };
}
