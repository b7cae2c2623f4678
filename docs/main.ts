import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../activities/actions/index.ts";
import { runbookJsonSchema } from "../gateway/runbookJsonSchema.ts";
import { failuresPage } from "./failuresPage.ts";
import { actionsPage } from "./generate.ts";

/** `npm run docs`, in the project's root: writes what is derived from the code. */
const folder = join(process.cwd(), "docs");
writeFileSync(join(folder, "actions.md"), actionsPage(catalogue));
writeFileSync(join(folder, "failures.md"), failuresPage(catalogue));
writeFileSync(
  join(folder, "runbook.schema.json"),
  `${JSON.stringify(runbookJsonSchema(catalogue), null, 2)}\n`,
);
