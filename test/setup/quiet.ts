import { afterEach, beforeEach, jest } from "@jest/globals";

/** Keeps what the set-up says to people out of the tests' output. */
export function quiet(): void {
  beforeEach(() => {
    jest.spyOn(process.stderr, "write").mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
}
