import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type S3Object = { bytes: number; digest: string; contentType: string; parts: number };

export type S3Server = {
  url: string;
  objects: Map<string, S3Object>;
  /** `PUT /bucket/key?partNumber=1` */
  requests: string[];
  /** The next requests that match are answered with this status, as many as there are times. */
  refuse(pattern: RegExp, status: number, times?: number): void;
  close(): Promise<void>;
};

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** As AWS wants paths and queries in what is signed. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalRequest = (request: IncomingMessage, signedHeaders: string): string => {
  const url = new URL(request.url ?? "", "http://s3");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join("&");
  const path = url.pathname
    .split("/")
    .map((part) => encoded(decodeURIComponent(part)))
    .join("/");
  const headers = signedHeaders
    .split(";")
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? "")
          .trim()
          .replaceAll(/ +/g, " ")}\n`,
    )
    .join("");
  const payload = String(request.headers["x-amz-content-sha256"]);
  return [request.method, path, query, headers, signedHeaders, payload].join("\n");
};

/** Recomputes the signature (AWS Signature Version 4) from the request and the secret. */
const isSigned = (request: IncomingMessage, { accessKeyId, secretAccessKey }: Credentials): boolean => {
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]{64})$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  const [key, day = "", region = "", service = ""] = credential.split("/");
  if (key !== accessKeyId || service !== "s3") return false;
  const at = String(request.headers["x-amz-date"]);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", at, scope, sha256(canonicalRequest(request, signedHeaders))].join("\n");
  const signingKey = [region, service, "aws4_request"].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day));
  const expected = hmac(signingKey, toSign);
  return signature.length === 64 && timingSafeEqual(expected, Buffer.from(signature, "hex"));
};

/** The payload of `aws-chunked` bodies: `<hex size>[;…]\r\n<data>\r\n`, ended by a chunk of 0 and trailers. */
const unchunked = (body: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  return String(request.headers["content-encoding"]).includes("aws-chunked") ? unchunked(raw) : raw;
};

type Credentials = { accessKeyId: string; secretAccessKey: string };
type PartialUpload = {
  key: string;
  contentType: string;
  parts: Map<number, { bytes: number; digest: string }>;
};

const smallObjectBytes = 100_000;

/**
 * A minimal stand-in for an object store that speaks S3: one bucket, put, multipart, head and get, each request's
 * signature recomputed. Of large objects it keeps sizes and digests, not the bytes.
 */
export const startS3 = async (bucket: string, credentials: Credentials): Promise<S3Server> => {
  const objects = new Map<string, S3Object>();
  const small = new Map<string, Buffer>();
  const uploads = new Map<string, PartialUpload>();
  const requests: string[] = [];
  const refusals: { pattern: RegExp; status: number; times: number }[] = [];

  const fail = (response: ServerResponse, status: number, code: string): void => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  };

  const keep = (key: string, body: Buffer, contentType: string): void => {
    objects.set(key, { bytes: body.length, digest: sha256(body), contentType, parts: 1 });
    if (body.length <= smallObjectBytes) small.set(key, body);
  };

  const complete = (id: string): void => {
    const upload = uploads.get(id);
    if (!upload) throw new Error(`there is no upload ${id}`);
    const parts = [...upload.parts.entries()].toSorted(([a], [b]) => a - b).map(([, part]) => part);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const digest = sha256(parts.map((part) => part.digest).join());
    objects.set(upload.key, { bytes, digest, contentType: upload.contentType, parts: parts.length });
    uploads.delete(id);
  };

  const xml = (response: ServerResponse, text: string): void => {
    response.writeHead(200, { "content-type": "application/xml" }).end(text);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "", "http://s3");
    const body = await bodyOf(request);
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const refusal = refusals.find(({ pattern, times }) => times > 0 && pattern.test(line));
    if (refusal) {
      refusal.times -= 1;
      return fail(response, refusal.status, refusal.status === 403 ? "AccessDenied" : "InternalError");
    }
    if (!isSigned(request, credentials)) return fail(response, 403, "SignatureDoesNotMatch");
    const [, inBucket, ...rest] = decodeURIComponent(url.pathname).split("/");
    if (inBucket !== bucket) return fail(response, 404, "NoSuchBucket");
    const key = rest.join("/");
    const contentType = String(request.headers["content-type"] ?? "");
    const uploadId = url.searchParams.get("uploadId");
    if (request.method === "HEAD" || request.method === "GET") {
      const object = objects.get(key);
      if (!object) return fail(response, 404, "NoSuchKey");
      response.writeHead(200, { "content-length": object.bytes, "content-type": object.contentType });
      return void response.end(request.method === "GET" ? small.get(key) : undefined);
    }
    if (request.method === "POST" && url.searchParams.has("uploads")) {
      const id = `upload-${requests.length}`;
      uploads.set(id, { key, contentType, parts: new Map() });
      return xml(
        response,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (request.method === "POST" && uploadId) {
      complete(uploadId);
      return xml(
        response,
        `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`,
      );
    }
    if (request.method === "DELETE" && uploadId) {
      uploads.delete(uploadId);
      return void response.writeHead(204).end();
    }
    if (request.method !== "PUT") return fail(response, 501, "NotImplemented");
    if (uploadId) {
      const part = { bytes: body.length, digest: sha256(body) };
      uploads.get(uploadId)?.parts.set(Number(url.searchParams.get("partNumber")), part);
    } else keep(key, body, contentType);
    response.writeHead(200, { etag: `"${sha256(body)}"` }).end();
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    refuse: (pattern, status, times = 1) => void refusals.push({ pattern, status, times }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
