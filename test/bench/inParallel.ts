/** Does the work for all, so many at a time; answers in their order. */
export const inParallel = async <T, R>(
  all: readonly T[],
  atOnce: number,
  work: (each: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const entries = all.entries();
  const take = async (): Promise<void> => {
    for (const [index, each] of entries) results[index] = await work(each);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return results;
};
