export { nextOf } from "../../demo/pages.ts";
