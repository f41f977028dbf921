import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface S3Server {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** By `/BUCKET/NAME`. */
  readonly objects: ReadonlyMap<string, string>
  /** Codes of refusals, in order. */
  readonly refusals: readonly string[]
  close(): Promise<void>
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()

/**
 * An object store that takes PUTs and refuses what the real one does: a wrong key or signature, a signature of another
 * day, a body that is not the one that was signed, no digest, and an object in place of another.
 */
export async function startS3Server(options: {
  readonly accessKeyId: string
  readonly secret: string
  readonly region: string
  readonly bucket: string
}): Promise<S3Server> {
  const objects = new Map<string, string>()
  const refusals: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const path = (request.url ?? '').split('?')[0] ?? ''
    const code = refusalOf(request, path, body, options, objects)
    if (code === undefined) {
      objects.set(decodeURIComponent(path), body.toString())
      response.writeHead(200).end()
      return
    }
    refusals.push(code)
    const status = code === 'PreconditionFailed' ? 412 : code === 'NoSuchBucket' ? 404 : 403
    response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // A TCP server has such an address.
    objects,
    refusals,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Source: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)". */
function refusalOf(
  request: IncomingMessage,
  path: string,
  body: Buffer,
  options: Parameters<typeof startS3Server>[0],
  objects: ReadonlyMap<string, string>,
): string | undefined {
  const header = (name: string) => String(request.headers[name] ?? '')
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    )
  if (parts === null) return 'AccessDenied'
  const [, id = '', day = '', region = '', signedHeaders = '', signature = ''] = parts
  if (id !== options.accessKeyId) return 'InvalidAccessKeyId'
  if (region !== options.region) return 'AuthorizationHeaderMalformed'
  const at = header('x-amz-date')
  const ms = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - ms) < 15 * 60_000) || !at.startsWith(day)) return 'RequestTimeTooSkewed'
  if (header('x-amz-content-sha256') !== sha256(body)) return 'XAmzContentSHA256Mismatch'
  if (header('content-md5') !== createHash('md5').update(body).digest('base64')) return 'BadDigest'
  const canonical = [
    request.method,
    path,
    '',
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
  if (expected !== signature) return 'SignatureDoesNotMatch'
  if (!signedHeaders.split(';').includes('host')) return 'SignatureDoesNotMatch'
  if (!path.startsWith(`/${options.bucket}/`)) return 'NoSuchBucket'
  if (header('if-none-match') === '*' && objects.has(decodeURIComponent(path))) return 'PreconditionFailed'
  return undefined
}
