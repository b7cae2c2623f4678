/** One message of a stream of server-sent events. */
export type StreamMessage = { event: string; data: string; id: string | undefined };

const messageOf = (block: string): StreamMessage | undefined => {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const before = name === "data" ? fields.get("data") : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const data = fields.get("data");
  return data === undefined
    ? undefined
    : { event: fields.get("event") ?? "message", data, id: fields.get("id") };
};

/** The messages in a body of type text/event-stream, as they come in. */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
}
