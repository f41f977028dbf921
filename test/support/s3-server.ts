import { createHash, createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface S3Server {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** By `/BUCKET/NAME`. */
  readonly objects: Map<string, Buffer>
  /** Uploads in parts that were begun and neither finished nor given up. */
  readonly uploads: ReadonlyMap<string, unknown>
  /** Codes of refusals, in order. */
  readonly refusals: readonly string[]
  /** While set, every request is refused with this code and status 503. */
  fail: string | undefined
  /** The next `times` requests are refused so. */
  failNext(code: string, times: number): void
  close(): Promise<void>
}

export interface S3ServerOptions {
  readonly accessKeyId: string
  readonly secret: string
  readonly region: string
  readonly bucket: string
  /** The least that a part but the last may hold; S3 has 5 MiB. */
  readonly leastPartBytes?: number
}

interface Upload {
  readonly path: string
  readonly parts: Map<number, { readonly body: Buffer; readonly tag: string }>
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const base64 = (algorithm: string, data: Buffer) => createHash(algorithm).update(data).digest('base64')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()

/** A refusal as S3 words it. */
class Refusal extends Error {
  readonly status: number
  constructor(code: string, status = 403) {
    super(code)
    this.status = status
  }
}

/**
 * An object store that does what the real one does with single objects and uploads in parts, and refuses what it does: a
 * wrong key or signature, a signature of another day, a body that is not the one that was signed, a wrong or no digest, an
 * object in place of another where that is forbidden, parts that are too small, out of order or not the ones that came.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Upload>()
  const refusals: string[] = []
  const failing = { code: '', times: 0 }
  const state = { fail: undefined as string | undefined }

  const answer = (request: IncomingMessage, url: URL, body: Buffer): Answer => {
    checkSignature(request, url, body, options)
    const path = decodeURIComponent(url.pathname)
    if (!path.startsWith(`/${options.bucket}/`)) throw new Refusal('NoSuchBucket', 404)
    const id = url.searchParams.get('uploadId')
    const upload = id === null ? undefined : uploads.get(id)
    if (id !== null && (upload === undefined || upload.path !== path)) throw new Refusal('NoSuchUpload', 404)
    const at = `${request.method}${url.searchParams.has('uploads') ? ' uploads' : ''}${id === null ? '' : ' upload'}`
    switch (at) {
      case 'PUT': {
        checkDigests(request, body)
        if (request.headers['if-none-match'] === '*' && objects.has(path))
          throw new Refusal('PreconditionFailed', 412)
        objects.set(path, body)
        return {}
      }
      case 'GET': {
        const found = objects.get(path)
        if (found === undefined) throw new Refusal('NoSuchKey', 404)
        return pieceOf(request, found)
      }
      case 'DELETE':
        objects.delete(path)
        return {}
      case 'POST uploads': {
        const name = randomUUID()
        uploads.set(name, { path, parts: new Map() })
        return {
          text: `<InitiateMultipartUploadResult><UploadId>${name}</UploadId></InitiateMultipartUploadResult>`,
        }
      }
      case 'PUT upload': {
        checkDigests(request, body)
        const number = Number(url.searchParams.get('partNumber'))
        if (!(number >= 1 && number <= 10_000)) throw new Refusal('InvalidArgument', 400)
        const tag = `"${createHash('md5').update(body).digest('hex')}"`
        upload?.parts.set(number, { body, tag })
        return { tag }
      }
      case 'DELETE upload':
        uploads.delete(id ?? '')
        return {}
      case 'POST upload': {
        if (request.headers['if-none-match'] === '*' && objects.has(path))
          throw new Refusal('PreconditionFailed', 412)
        objects.set(path, finished(upload, body.toString(), options.leastPartBytes ?? 5 * 1024 * 1024))
        uploads.delete(id ?? '')
        return { text: '<CompleteMultipartUploadResult/>' }
      }
      default:
        throw new Refusal('MethodNotAllowed', 405)
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', 'http://store')
    try {
      if (failing.times-- > 0) throw new Refusal(failing.code, 503)
      if (state.fail !== undefined) throw new Refusal(state.fail, 503)
      const { text, tag, range } = answer(request, url, Buffer.concat(chunks))
      const headers = {
        ...(tag === undefined ? {} : { etag: tag }),
        ...(range === undefined ? {} : { 'content-range': range }),
      }
      response
        .writeHead(request.method === 'DELETE' ? 204 : range === undefined ? 200 : 206, headers)
        .end(text)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusals.push(error.message)
      response
        .writeHead(error.status)
        .end(`<?xml version="1.0"?><Error><Code>${error.message}</Code></Error>`)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // A TCP server has such an address.
    objects,
    uploads,
    refusals,
    failNext(code: string, times: number) {
      failing.code = code
      failing.times = times
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

interface Answer {
  readonly text?: string | Buffer
  readonly tag?: string
  readonly range?: string
}

/** Source: AWS, "GetObject": a range of bytes, of the object that `If-Match` names where it names one. */
function pieceOf(request: IncomingMessage, object: Buffer): Answer {
  const tag = `"${createHash('md5').update(object).digest('hex')}"`
  const wanted = request.headers['if-match']
  if (wanted !== undefined && wanted !== tag) throw new Refusal('PreconditionFailed', 412)
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  if (from === undefined) return { text: object, tag }
  if (Number(from) >= object.length) throw new Refusal('InvalidRange', 416)
  const end = Math.min(Number(to) + 1, object.length)
  return {
    text: object.subarray(Number(from), end),
    tag,
    range: `bytes ${from}-${end - 1}/${object.length}`,
  }
}

function checkDigests(request: IncomingMessage, body: Buffer): void {
  if (request.headers['content-md5'] !== base64('md5', body)) throw new Refusal('BadDigest', 400)
  if (request.headers['x-amz-checksum-sha256'] !== base64('sha256', body)) throw new Refusal('BadDigest', 400)
}

/** Source: AWS, "CompleteMultipartUpload": parts in ascending order, each with its ETag, all but the last large enough. */
function finished(upload: Upload | undefined, list: string, leastPartBytes: number): Buffer {
  const named = [
    ...list.matchAll(
      /<Part><PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><ChecksumSHA256>([^<]+)<\/ChecksumSHA256><\/Part>/g,
    ),
  ]
  if (named.length === 0) throw new Refusal('MalformedXML', 400)
  const bodies = named.map(([, number, tag, checksum], index) => {
    const part = upload?.parts.get(Number(number))
    if (part === undefined || part.tag !== tag || base64('sha256', part.body) !== checksum)
      throw new Refusal('InvalidPart', 400)
    if (index > 0 && Number(number) <= Number(named[index - 1]?.[1]))
      throw new Refusal('InvalidPartOrder', 400)
    if (index < named.length - 1 && part.body.length < leastPartBytes)
      throw new Refusal('EntityTooSmall', 400)
    return part.body
  })
  return Buffer.concat(bodies)
}

/** Source: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)". */
function checkSignature(request: IncomingMessage, url: URL, body: Buffer, options: S3ServerOptions): void {
  const header = (name: string) => String(request.headers[name] ?? '')
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    )
  if (parts === null) throw new Refusal('AccessDenied')
  const [, id = '', day = '', region = '', signedHeaders = '', signature = ''] = parts
  if (id !== options.accessKeyId) throw new Refusal('InvalidAccessKeyId')
  if (region !== options.region) throw new Refusal('AuthorizationHeaderMalformed')
  const at = header('x-amz-date')
  const ms = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - ms) < 15 * 60_000) || !at.startsWith(day))
    throw new Refusal('RequestTimeTooSkewed')
  if (header('x-amz-content-sha256') !== sha256(body)) throw new Refusal('XAmzContentSHA256Mismatch')
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  const query = [...url.searchParams].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort()
  const canonical = [
    request.method,
    url.pathname,
    query.join('&'),
    ...signedHeaders.split(';').map(name => `${name}:${header(name).trim()}`),
    '',
    signedHeaders,
    header('x-amz-content-sha256'),
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const key = ['s3', 'aws4_request'].reduce<Buffer>(
    (made, part) => hmac(made, part),
    hmac(hmac(`AWS4${options.secret}`, day), region),
  )
  const expected = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(canonical)}`).toString('hex')
  if (expected !== signature || !signedHeaders.split(';').includes('host'))
    throw new Refusal('SignatureDoesNotMatch')
}
