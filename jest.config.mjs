// Run through "npm test", which prepares what the tests need, or "npm run test:unit", which needs nothing.
import { fileURLToPath } from "node:url";

const typescript = {
  parser: { syntax: "typescript", tsx: false },
  target: "es2022",
};

const common = {
  rootDir: fileURLToPath(new URL(".", import.meta.url)),
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: typescript, module: { type: "es6" }, sourceMaps: "inline" }],
  },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.cache"],
};

// One Temporal server for both: Jest runs a global hook that several projects share only once.
const withTemporal = {
  ...common,
  globalSetup: "<rootDir>/test/support/globalSetup.mjs",
  globalTeardown: "<rootDir>/test/support/globalTeardown.mjs",
};

export default {
  // One more than two cores have: the tests of real processes wait for half of their time.
  maxWorkers: 3,
  // WebAssembly memory of embedded stores is given back by the end of a process alone.
  workerIdleMemoryLimit: "1GB",
  // For all projects, since Jest ignores a project's own. A test of real processes that needs longer says so itself.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/test/(workflows|replay|integration|chaos|browser|bench)/",
      ],
    },
    {
      ...withTemporal,
      displayName: "workflows",
      testMatch: ["<rootDir>/test/{workflows,replay}/**/*.test.ts"],
    },
    {
      ...withTemporal,
      displayName: "integration",
      testMatch: ["<rootDir>/test/{integration,chaos,browser}/**/*.test.ts"],
    },
  ],
};
