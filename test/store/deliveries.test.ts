import { describe, expect, test } from "@jest/globals";
import { onBothDatabases } from "./support.ts";

onBothDatabases((opened) => {
  describe("deliveries", () => {
    test("are claimed once, and open until somebody says how it came out", async () => {
      const { store, other } = opened();
      expect(await store.deliveries.claim("k")).toBe("claimed");
      expect(await other.deliveries.claim("k")).toBe("open");
      expect(await other.deliveries.claim("another")).toBe("claimed");
    });

    test("are claimed by only one of many attempts at once, new or failed", async () => {
      const { store, other } = opened();
      const claims = () =>
        Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).deliveries.claim("k")),
        );
      expect((await claims()).filter((each) => each === "claimed")).toHaveLength(1);
      await store.deliveries.failed("k");
      expect((await claims()).filter((each) => each === "claimed")).toHaveLength(1);
    });

    test("that failed are claimed again", async () => {
      const { store, other } = opened();
      await store.deliveries.claim("k");
      await store.deliveries.failed("k");
      expect(await other.deliveries.claim("k")).toBe("claimed");
      expect(await store.deliveries.claim("k")).toBe("open");
    });

    test("that were sent stay sent, whatever an attempt reports late", async () => {
      const { store, other } = opened();
      await store.deliveries.claim("k");
      await store.deliveries.sent("k");
      await other.deliveries.failed("k");
      expect(await other.deliveries.claim("k")).toBe("sent");
      expect(await store.deliveries.claim("k")).toBe("sent");
    });
  });
});
