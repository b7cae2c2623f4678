import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { ArchiveError } from "./archiveError.ts";
import type { Archive } from "./types.ts";

export type S3Options = {
  bucket: string;
  /** Before every key, without `/` at its ends; "" for none. */
  prefix: string;
  /** Of a store other than Amazon's. */
  endpoint?: string | undefined;
  region?: string | undefined;
};

/** Two parts under way at once: what an upload holds in memory, whatever the size of the object. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 2;

/** Objects in a bucket of Amazon's S3 or of a store that speaks its language. Credentials come as AWS's tools find them. */
export const s3Archive = ({ bucket, prefix, endpoint, region }: S3Options): Archive => {
  const client = new S3Client({
    ...(region !== undefined && { region }),
    // Stores on an address of their own seldom have one for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
  const placeOf = (key: string) => ({ Bucket: bucket, Key: prefix === "" ? key : `${prefix}/${key}` });
  return {
    place: `s3://${[bucket, prefix].filter(Boolean).join("/")}`,
    find: (key) =>
      ifThere(key, async () => {
        const { ContentLength } = await client.send(new HeadObjectCommand(placeOf(key)));
        return { bytes: ContentLength ?? 0 };
      }),
    read: (key) =>
      ifThere(key, async () => {
        const { Body } = await client.send(new GetObjectCommand(placeOf(key)));
        return Body?.transformToString();
      }),
    put: async (key, body, { contentType, signal }) => {
      const upload = new Upload({
        client,
        params: { ...placeOf(key), Body: Readable.from(body), ContentType: contentType },
        partSize: partBytes,
        queueSize: partsAtOnce,
      });
      const abort = () => void upload.abort();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        signal?.throwIfAborted();
        await upload.done();
      } catch (error) {
        signal?.throwIfAborted();
        throw explained(error, key);
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
  };
};

const ifThere = async <T>(key: string, look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw explained(error, key);
  }
};

type S3Failure = { name: string; message: string; $metadata?: { httpStatusCode?: number } };

const statusOf = (error: unknown): number | undefined => (error as S3Failure).$metadata?.httpStatusCode;

/** Said by the client itself, before anything is sent. */
const ownRefusals = /^(CredentialsProviderError|TokenProviderError)$|Region is missing/;

/** Errors of the store become the archive's, by name and status alone; those of the body stay as they are. */
const explained = (error: unknown, key: string): unknown => {
  const { name, message, $metadata } = error as S3Failure;
  if (ownRefusals.test(name) || ownRefusals.test(message)) {
    return new ArchiveError("archive_refused", `The archive cannot be opened (${name}): ${message}`);
  }
  if ($metadata === undefined) return error;
  const status = $metadata.httpStatusCode;
  const isRefusal = status !== undefined && status >= 300 && status < 500 && ![408, 429].includes(status);
  const said = `${name}${status === undefined ? "" : `, ${status}`}`;
  return isRefusal
    ? new ArchiveError("archive_refused", `The archive refused ${key} (${said}).`)
    : new ArchiveError("archive_unavailable", `The archive could not take ${key} (${said}).`);
};
