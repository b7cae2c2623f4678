import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type S3Object = { bytes: number; digest: string; contentType: string; parts: number };

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

type Call = {
  method: string;
  bucket: string;
  key: string;
  contentType: string;
  /** "" outside multipart uploads. */
  uploadId: string;
  partNumber: number;
};

const callOf = ({ url = "", method = "", headers }: IncomingMessage): Call => {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const [, bucket = "", ...key] = decodeURIComponent(pathname).split("/");
  return {
    method,
    bucket,
    key: key.join("/"),
    contentType: headers["content-type"] ?? "",
    uploadId: searchParams.get("uploadId") ?? "",
    partNumber: Number(searchParams.get("partNumber")),
  };
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

  const keep = ({ key, contentType }: Call, body: Buffer): void => {
    objects.set(key, { bytes: body.length, digest: sha256(body), contentType, parts: 1 });
    if (body.length <= smallObjectBytes) small.set(key, body);
  };

  const xml = (response: ServerResponse, text: string): void => {
    response.writeHead(200, { "content-type": "application/xml" }).end(text);
  };

  const begin = ({ key, contentType }: Call, response: ServerResponse): void => {
    const id = `upload-${requests.length}`;
    uploads.set(id, { key, contentType, parts: new Map() });
    xml(
      response,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  };

  const complete = ({ key, contentType, uploadId }: Call, response: ServerResponse): void => {
    const numbered = [...(uploads.get(uploadId)?.parts ?? [])].toSorted(([a], [b]) => a - b);
    const parts = numbered.map(([, part]) => part);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const digest = sha256(parts.map((part) => part.digest).join());
    objects.set(key, { bytes, digest, contentType, parts: parts.length });
    uploads.delete(uploadId);
    xml(response, `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
  };

  const show = ({ key, method }: Call, response: ServerResponse): void => {
    const object = objects.get(key);
    if (!object) return fail(response, 404, "NoSuchKey");
    response.writeHead(200, { "content-length": object.bytes, "content-type": object.contentType });
    response.end(method === "GET" ? small.get(key) : undefined);
  };

  const store = (call: Call, response: ServerResponse, body: Buffer): void => {
    const part = { bytes: body.length, digest: sha256(body) };
    if (call.uploadId === "") keep(call, body);
    else uploads.get(call.uploadId)?.parts.set(call.partNumber, part);
    response.writeHead(200, { etag: `"${part.digest}"` }).end();
  };

  const serve = (call: Call, response: ServerResponse, body: Buffer): void => {
    switch (call.method) {
      case "PUT":
        return store(call, response, body);
      case "POST":
        return call.uploadId === "" ? begin(call, response) : complete(call, response);
      case "DELETE":
        uploads.delete(call.uploadId);
        return void response.writeHead(204).end();
      default:
        return show(call, response);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const refusal = refusals.find(({ pattern, times }) => times > 0 && pattern.test(line));
    if (refusal) {
      refusal.times -= 1;
      return fail(response, refusal.status, "Refused");
    }
    if (!isSigned(request, credentials)) return fail(response, 403, "SignatureDoesNotMatch");
    const call = callOf(request);
    if (call.bucket !== bucket) return fail(response, 404, "NoSuchBucket");
    serve(call, response, body);
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
