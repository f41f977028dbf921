import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { AppError, messageOf } from './app-error.ts'
import { createEgressFetch } from './egress-fetch.ts'
import { retry } from './retry.ts'
import type { Secret } from './secret.ts'

/** A place in an object store. */
export interface S3Options {
  /** `s3+https://ENDPOINT/BUCKET/PREFIX?region=REGION`. */
  readonly url: string
  /** `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`. */
  readonly key: Secret | undefined
  /** The setting that holds the key, for messages. */
  readonly keySetting: string
  /** A private certificate authority (PEM) to trust beside the built-in ones. */
  readonly extraCa: string | undefined
  /** How much one request of a stream carries; S3 takes no less than 5 MiB but for the last. */
  readonly partBytes?: number
}

/** Objects by name, below the prefix. Every request is signed with AWS Signature Version 4, its body included. */
export interface S3Client {
  /** For people: the URL, which holds no credentials. */
  readonly name: string
  /**
   * Stores an object; the store checks its digests. `onlyNew`: never in place of another; false where one is there already.
   * Throws `object-store-failed`.
   */
  put(name: string, bytes: Uint8Array, signal: AbortSignal, more?: PutOptions): Promise<boolean>
  /**
   * Stores what comes, in parts: none of it is an object until the last is there. Returns its size. `onlyNew`: never in place
   * of another. Throws `object-there`, `object-store-failed`.
   */
  putStream(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    more?: { readonly onlyNew?: boolean },
  ): Promise<number>
  /** One answer, of 256 MB at most. Throws `object-missing`, `object-store-failed`. */
  get(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  /**
   * An object of any size, asked for piece by piece: whoever reads slowly keeps no connection waiting. Throws what `get`
   * does, and where another object takes its place meanwhile.
   */
  getStream(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Whether the key may write, found out without writing: an upload is begun and given up. Throws `object-store-failed`. */
  checkWritable(signal: AbortSignal): Promise<void>
  /** Gone afterwards, whether it was there or not. */
  remove(name: string, signal: AbortSignal): Promise<void>
}

export interface PutOptions {
  readonly onlyNew?: boolean
  readonly contentType?: string
}

/** For one request, its answer read to the end. */
const timeoutMs = 5 * 60_000
const defaultPartBytes = 16 * 1024 * 1024
const mostParts = 10_000
/** After so many parts each is larger by the first's size: 16 MiB and 10,000 parts are 860 GiB then. */
const partsOfOneSize = 1000
/** Of hours of uploading, a store is busy for some seconds. */
const patience = { attempts: 6, firstDelayMs: 500, maxDelayMs: 8000, random: Math.random } as const

/** Throws `bad-usage` for a place that is none, and where the key is missing. */
export function createS3Client(options: S3Options): S3Client {
  const { endpoint, root, region } = placeOf(options.url)
  const [accessKeyId, secretAccessKey, sessionToken] = options.key?.expose().split(':') ?? []
  if (!accessKeyId || !secretAccessKey)
    throw new AppError(
      'bad-usage',
      `an object store needs ${options.keySetting}=ACCESS_KEY_ID:SECRET_ACCESS_KEY`,
    )
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    retries: 0,
  })
  const egress = createEgressFetch({
    rules: [
      {
        host: endpoint.hostname,
        port: endpoint.port === '' ? (endpoint.protocol === 'https:' ? 443 : 80) : Number(endpoint.port),
        // An administrator wrote it: a store on one's own network is what many have.
        addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      },
    ],
    ...(options.extraCa === undefined ? {} : { extraCa: [options.extraCa] }),
  })

  const send = async (
    method: string,
    name: string,
    query: string,
    signal: AbortSignal,
    given: { readonly body?: Uint8Array; readonly headers?: Record<string, string> } = {},
  ): Promise<Response> => {
    const body = given.body ?? new Uint8Array()
    // A Buffer's bytes, whatever holds them.
    const content = body.length === 0 ? {} : { body: body as Uint8Array<ArrayBuffer> }
    const path = [...root, ...name.split('/')].map(encodeURIComponent).join('/')
    const digests =
      method === 'PUT'
        ? {
            // Buckets with object lock take nothing without a digest; the checksum is kept with the object.
            'content-md5': createHash('md5').update(body).digest('base64'),
            'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
          }
        : {}
    try {
      const request = await aws.sign(`${endpoint.origin}/${path}${query}`, {
        method,
        headers: {
          ...digests,
          'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
          ...given.headers,
        },
        ...content,
      })
      return await egress.fetch(request.url, {
        method,
        headers: request.headers,
        ...content,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw failed(options.url, messageOf(error), true, error)
    }
  }
  const check = async (reply: Response, allowed: readonly number[] = []): Promise<string> => {
    // A finished upload may answer 200 and hold an error all the same: an answer that breaks off says nothing good.
    const text = await reply.text().catch(error => {
      if (reply.ok) throw failed(options.url, messageOf(error), true, error)
      return ''
    })
    if ((reply.ok && !/<Error>/.test(text)) || allowed.includes(reply.status)) return text
    const passing = reply.status >= 500 || reply.status === 429 || reply.ok
    throw failed(options.url, `${reply.status} ${codeIn(text)}`, passing)
  }
  const missing = async (reply: Response, name: string) => {
    await reply.body?.cancel()
    return new AppError('object-missing', `${options.url} holds no ${name}`)
  }
  /** Begins an upload in parts; what names it in an address. */
  const begin = async (name: string, signal: AbortSignal): Promise<string> => {
    const headers = { 'x-amz-checksum-algorithm': 'SHA256', 'content-type': 'application/octet-stream' }
    const begun = await check(await send('POST', name, '?uploads=', signal, { headers }))
    const id = /<UploadId>([^<]{1,1024})<\/UploadId>/.exec(begun)?.[1]
    if (id === undefined) throw failed(options.url, 'it began an upload without naming it', true)
    return `uploadId=${encodeURIComponent(id)}`
  }
  /** Parts of an upload that nobody finishes cost money for ever. Returns why they are still there, if they are. */
  const giveUp = async (name: string, upload: string): Promise<string | undefined> => {
    try {
      await check(await send('DELETE', name, `?${upload}`, AbortSignal.timeout(10_000)), [404])
      return undefined
    } catch (error) {
      return messageOf(error)
    }
  }
  const partBytes = options.partBytes ?? defaultPartBytes

  return {
    name: options.url,
    async put(name, bytes, signal, { onlyNew = false, contentType = 'application/octet-stream' } = {}) {
      const headers = { 'content-type': contentType, ...(onlyNew ? { 'if-none-match': '*' } : {}) }
      const reply = await send('PUT', name, '', signal, { body: bytes, headers })
      await check(reply, onlyNew ? [412] : [])
      return reply.status !== 412
    },
    async putStream(name, chunks, signal, { onlyNew = false } = {}) {
      const upload = await begin(name, signal)
      try {
        const parts: string[] = []
        let sizeBytes = 0
        for await (const body of inParts(chunks, partBytes)) {
          if (parts.length >= mostParts) throw failed(options.url, 'more parts than a store takes', false)
          const number = parts.length + 1
          const tag = await retry(
            async () => {
              const reply = await send('PUT', name, `?partNumber=${number}&${upload}`, signal, { body })
              await check(reply)
              return tagOf(reply)
            },
            { ...patience, signal },
          )
          if (tag === undefined) throw failed(options.url, 'it took a part without naming it', true)
          const sum = createHash('sha256').update(body).digest('base64')
          parts.push(
            `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag><ChecksumSHA256>${sum}</ChecksumSHA256></Part>`,
          )
          sizeBytes += body.length
        }
        const list = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
        const reply = await send('POST', name, `?${upload}`, signal, {
          body: Buffer.from(list),
          headers: { 'content-type': 'application/xml', ...(onlyNew ? { 'if-none-match': '*' } : {}) },
        })
        await check(reply, onlyNew ? [412] : [])
        if (reply.status === 412)
          throw new AppError('object-there', `${options.url} holds ${name} already, and it was kept`)
        return sizeBytes
      } catch (error) {
        const left = await giveUp(name, upload)
        // Who called it off is not waiting for a reason.
        if (left === undefined || signal.aborted) throw error
        const { code, retryable } =
          error instanceof AppError ? error : { code: 'object-store-failed', retryable: false }
        throw new AppError(
          code,
          `${messageOf(error)}. What was sent of ${name} is still there and costs until its upload is aborted (${left})`,
          { retryable, cause: error },
        )
      }
    },
    async *getStream(name, signal) {
      let sizeBytes = 1
      let etag: string | undefined
      for (let from = 0; from < sizeBytes; ) {
        const range = `bytes=${from}-${from + partBytes - 1}`
        const piece = await retry(
          async () => {
            const headers = { range, ...(etag === undefined ? {} : { 'if-match': etag }) }
            const reply = await send('GET', name, '', signal, { headers })
            if (reply.status === 404) throw await missing(reply, name)
            if (reply.status !== 206) {
              await check(reply)
              throw failed(options.url, 'it does not give an object piece by piece', false)
            }
            const bytes = Buffer.from(await reply.arrayBuffer())
            return { bytes, etag: tagOf(reply), range: reply.headers.get('content-range') ?? '' }
          },
          { ...patience, signal },
        )
        const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(piece.range) ?? []
        if (Number(start) !== from || piece.bytes.length === 0 || piece.etag === undefined)
          throw failed(options.url, `it gave another piece of ${name} than it was asked for`, false)
        sizeBytes = Number(size)
        etag = piece.etag
        from += piece.bytes.length
        yield piece.bytes
      }
    },
    async checkWritable(signal) {
      // A key that may write and not abort is enough, and an upload without parts costs nothing.
      await giveUp('check', await begin('check', signal))
    },
    async get(name, signal) {
      const reply = await send('GET', name, '', signal)
      if (reply.status === 404) throw await missing(reply, name)
      if (!reply.ok) await check(reply)
      return (reply.body ?? new ReadableStream()) as AsyncIterable<Uint8Array> // Node's can be iterated.
    },
    async remove(name, signal) {
      await check(await send('DELETE', name, '', signal), [404])
    },
  }
}

/** Pieces of one size, of a larger one after many of them, but for the last; at least one, which may be empty. */
async function* inParts(chunks: AsyncIterable<Uint8Array>, firstBytes: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let size = 0
  let made = 0
  let partBytes = firstBytes
  for await (const chunk of chunks) {
    held.push(chunk)
    size += chunk.length
    while (size >= partBytes) {
      const all = Buffer.concat(held)
      yield all.subarray(0, partBytes)
      held = [all.subarray(partBytes)]
      size -= partBytes
      made++
      partBytes = firstBytes * (1 + Math.floor(made / partsOfOneSize))
    }
  }
  if (size > 0 || made === 0) yield Buffer.concat(held)
}

/** What names the content of an object or a part. */
function tagOf(reply: Response): string | undefined {
  return /^"[\w-]{1,128}"$/.exec(reply.headers.get('etag') ?? '')?.[0]
}

function placeOf(text: string): { endpoint: URL; root: readonly string[]; region: string } {
  const bad = (why: string) =>
    new AppError('bad-usage', `${why}: s3+https://ENDPOINT/BUCKET/PREFIX?region=REGION`)
  if (!/^s3\+https?:\/\//.test(text) || !URL.canParse(text)) throw bad('an object store is a URL')
  const endpoint = new URL(text.slice('s3+'.length))
  if (endpoint.username !== '' || endpoint.password !== '')
    throw bad('credentials do not belong in the URL of an object store')
  const root = endpoint.pathname
    .split('/')
    .filter(part => part !== '')
    .map(decodeURIComponent)
  if (root.length === 0) throw bad(`${text} names no bucket`)
  return { endpoint, root, region: endpoint.searchParams.get('region') ?? 'us-east-1' }
}

function failed(place: string, why: string, retryable: boolean, cause?: unknown): AppError {
  return new AppError('object-store-failed', `the object store ${place} did not do it: ${why}`, {
    retryable,
    cause,
  })
}

/** The code of an S3 error document: it has no credentials in it, as the whole text might. */
function codeIn(xml: string): string {
  return /<Code>(\w{1,64})<\/Code>/.exec(xml)?.[1] ?? 'without a code'
}
