import type { Store } from "../store/index.ts";
import { ZoomError } from "../zoom/errors.ts";

/** Says before we delete a meeting that it is us, so that nobody takes Zoom's news of it for somebody else's deed. */
export const takingBack = async <T>(
  store: Store,
  meetingId: string,
  remove: () => Promise<T>,
): Promise<T> => {
  await note(store, meetingId, { isTakenBack: true });
  try {
    return await remove();
  } catch (error) {
    const isGone = error instanceof ZoomError && error.code === "not_found";
    if (!isGone) await note(store, meetingId, {});
    throw error;
  }
};

const note = async ({ meetings }: Store, meetingId: string, mark: { isTakenBack?: true }): Promise<void> => {
  if (!(await meetings.get(meetingId))) return;
  await meetings.changeLife(meetingId, ({ isTakenBack: _before, ...life }) => ({
    life: { ...life, ...mark },
  }));
};
