// node setup/bundle.mjs ROOT: writes dist/workflow-bundle.js, which workers and tests load.
import { join } from "node:path";
import { bundleWorkflowCode } from "@temporalio/worker";
import { writeAtomically } from "./build.mjs";

const root = process.argv[2] ?? process.cwd();
const workflowsPath = join(root, "dist", "workflows", "index.js");

const { code } = await bundleWorkflowCode({
  workflowsPath,
  // Evaluated once for each of a worker's threads, rather than in the first task of every workflow. All workflows share
  // these modules then, so none may keep state: test/unit/architecture.test.ts.
  preloadModules: ["@temporalio/workflow", workflowsPath],
});
writeAtomically(join(root, "dist", "workflow-bundle.js"), code);
