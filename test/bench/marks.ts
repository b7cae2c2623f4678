/** When an incident reached a point, in milliseconds of `performance.now()`. */
export type Lap = { id: string; startedMs: number; linkMs: number; doneMs: number };

type Point = "link" | "done";

type Open = {
  at: Partial<Record<Point, number>>;
  startedMs: number;
  resolve: (lap: Lap) => void;
};

export type Marks = {
  /** Notes that an incident came to a point; the first time counts. */
  mark(id: string, point: Point): void;
  /** Times one incident, from right before `begin` until it is done. */
  time(id: string, begin: () => Promise<unknown>): Promise<Lap>;
};

const withinMs = 60_000;

/** The stop-watches of all sides: who sees an incident come to a point marks it. */
export const createMarks = (): Marks => {
  const open = new Map<string, Open>();

  const mark: Marks["mark"] = (id, point) => {
    const watch = open.get(id);
    if (!watch) return;
    watch.at[point] ??= performance.now();
    const { link, done } = watch.at;
    if (link === undefined || done === undefined) return;
    open.delete(id);
    watch.resolve({ id, startedMs: watch.startedMs, linkMs: link, doneMs: done });
  };

  const time: Marks["time"] = (id, begin) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        open.delete(id);
        reject(new Error(`${id} was not done within ${withinMs / 1000} s`));
      }, withinMs);
      const ended = (lap: Lap): void => {
        clearTimeout(late);
        resolve(lap);
      };
      open.set(id, { at: {}, startedMs: performance.now(), resolve: ended });
      begin().catch((error: unknown) => {
        clearTimeout(late);
        open.delete(id);
        reject(error);
      });
    });

  return { mark, time };
};
