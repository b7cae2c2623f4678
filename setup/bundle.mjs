// node setup/bundle.mjs ROOT: writes dist/workflow-bundle.js, which workers and tests load.
import { join } from "node:path";
import { bundleWorkflowCode } from "@temporalio/worker";
import { writeAtomically } from "./build.mjs";

const root = process.argv[2] ?? process.cwd();

const { code } = await bundleWorkflowCode({ workflowsPath: join(root, "dist", "workflows", "index.js") });
writeAtomically(join(root, "dist", "workflow-bundle.js"), code);
