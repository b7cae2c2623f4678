// node setup/bundle.mjs ROOT: writes the bundles in dist/, which workers and tests load: one for histories in plain,
// one for encrypted ones.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { bundleWorkflowCode } from "@temporalio/worker";
import { writeAtomically } from "./build.mjs";

const root = process.argv[2] ?? process.cwd();
const workflowsPath = join(root, "dist", "workflows", "index.js");
const failureConverterPath = join(root, "dist", "workflows", "encodedFailures.cjs");

/** @param {{failureConverterPath?: string}} converter */
const bundle = (converter) =>
  bundleWorkflowCode({
    workflowsPath,
    ...converter,
    // Evaluated once for each of a worker's threads, rather than in the first task of every workflow. All workflows
    // share these modules then, so none may keep state: test/unit/architecture.test.ts.
    preloadModules: ["@temporalio/workflow", workflowsPath],
  });

copyFileSync(join(root, "workflows", "encodedFailures.cjs"), failureConverterPath);
const encrypted = await bundle({ failureConverterPath });
writeAtomically(join(root, "dist", "workflow-bundle-encrypted.js"), encrypted.code);
const plain = await bundle({});
writeAtomically(join(root, "dist", "workflow-bundle.js"), plain.code);
