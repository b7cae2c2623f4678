import { fileURLToPath } from "node:url";
import { folderArchive } from "./folder.ts";
import type { Archive } from "./types.ts";

export type ArchiveConfig = {
  /** `file:///folder` or `s3://bucket/prefix`. */
  url: string;
  endpoint?: string | undefined;
  region?: string | undefined;
};

/** The archive at this address. S3's client is loaded only where it is used. */
export const openArchive = async ({ url, endpoint, region }: ArchiveConfig): Promise<Archive> => {
  const { protocol, hostname, pathname } = new URL(url);
  if (protocol === "file:") return folderArchive(fileURLToPath(url));
  if (protocol !== "s3:") throw new Error(`There is no archive for ${protocol} addresses`);
  const { s3Archive } = await import("./s3.ts");
  const prefix = decodeURIComponent(pathname).replaceAll(/^\/+|\/+$/g, "");
  return s3Archive({ bucket: hostname, prefix, endpoint, region });
};
