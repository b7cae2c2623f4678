// oxlint-disable-next-line import/no-default-export -- Jest asks for it
export default async function globalTeardown() {
  const { stopTestTemporal } = /** @type {{stopTestTemporal?: () => Promise<void>}} */ (globalThis);
  await stopTestTemporal?.();
}
