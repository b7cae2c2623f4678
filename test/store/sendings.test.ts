import { describe, expect, test } from "@jest/globals";
import { onBothDatabases } from "./support.ts";

onBothDatabases((opened) => {
  describe("sendings", () => {
    test("are claimed once; later claims are told the note of the first", async () => {
      const { store, other } = opened();
      expect(await store.sendings.claim("k", { called: 1 })).toEqual({ claimed: true, note: { called: 1 } });
      expect(await other.sendings.claim("k", { called: 2 })).toEqual({ claimed: false, note: { called: 1 } });
      expect((await store.sendings.claim("other", {})).claimed).toBe(true);
    });

    test("are claimed by only one of many attempts at once", async () => {
      const { store, other } = opened();
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).sendings.claim("k", { n })),
      );
      expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
      expect(new Set(claims.map(({ note }) => note.n)).size).toBe(1);
    });

    test("can be claimed again when they surely were not sent", async () => {
      const { store } = opened();
      await store.sendings.claim("k", { called: 1 });
      await store.sendings.release("k");
      expect(await store.sendings.claim("k", { called: 2 })).toEqual({ claimed: true, note: { called: 2 } });
    });
  });
});
