/** Asks a control of the simulator, or with a body tells it to do something. A refusal is thrown. */
export type Control = <T = unknown>(path: string, body?: object) => Promise<T>;

export const controlOf =
  (simulatorUrl: string): Control =>
  async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${simulatorUrl}/_sim${path}`, {
      ...(body && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
