// Everything the set-up has to say goes to stderr, so that a program's own output can be piped.

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_MS = 120;
const PLAIN_REMINDER_MS = 5_000;

/** @param {string} text */
export function say(text) {
  for (const line of text.split("\n")) process.stderr.write(`[setup] ${line}\n`);
}

/** @param {number} startedMs */
const elapsed = (startedMs) => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;

/**
 * Runs `work` and shows that it is running: a spinner on a terminal, a line every few seconds elsewhere.
 * `work` may pass a detail ("12 of 40 MB") to the function it is given.
 *
 * @template T
 * @param {string} title
 * @param {(detail: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(title, work) {
  const startedMs = performance.now();
  const show = process.stderr.isTTY ? spinner(title, startedMs) : reminder(title, startedMs);
  try {
    const result = await work(show.detail);
    show.stop();
    say(`${title}: done (${elapsed(startedMs)})`);
    return result;
  } catch (error) {
    show.stop();
    const reason = /** @type {Error} */ (error).message.split("\n")[0];
    say(`${title}: failed (${elapsed(startedMs)}): ${reason}`);
    throw error;
  }
}

/**
 * @param {string} title
 * @param {number} startedMs
 */
function spinner(title, startedMs) {
  let detail = "";
  let frame = 0;
  const timer = setInterval(() => {
    frame = (frame + 1) % FRAMES.length;
    const line = `${FRAMES[frame]} ${title} (${elapsed(startedMs)}) ${detail}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }, SPINNER_MS);
  return {
    detail: (/** @type {string} */ text) => void (detail = text),
    stop: () => {
      clearInterval(timer);
      process.stderr.write("\r\x1b[K");
    },
  };
}

/**
 * @param {string} title
 * @param {number} startedMs
 */
function reminder(title, startedMs) {
  let detail = "";
  say(`${title} …`);
  const timer = setInterval(() => say(`${title} … ${elapsed(startedMs)} ${detail}`), PLAIN_REMINDER_MS);
  return {
    detail: (/** @type {string} */ text) => void (detail = text),
    stop: () => clearInterval(timer),
  };
}
