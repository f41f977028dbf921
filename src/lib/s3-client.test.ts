import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type S3Server, startS3Server } from '../../test/support/s3-server.ts'
import { createS3Client } from './s3-client.ts'
import { Secret } from './secret.ts'

const secret = 'wJalrXUtnFEMI/K7MDENG'
const signal = new AbortController().signal
const partBytes = 64 * 1024
let server: S3Server

beforeAll(async () => {
  server = await startS3Server({
    accessKeyId: 'AKID',
    secret,
    region: 'eu-central-1',
    bucket: 'files',
    leastPartBytes: partBytes,
  })
})
afterEach(() => {
  server.fail = undefined
})
afterAll(() => server.close())

const client = (more: { key?: string; path?: string } = {}) =>
  createS3Client({
    url: `s3+${server.url}${more.path ?? '/files/a b?region=eu-central-1'}`,
    key: new Secret(more.key ?? `AKID:${secret}`),
    keySetting: 'TOCSIN_FILES_S3_KEY',
    extraCa: undefined,
    partBytes,
  })

async function read(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await client().get(name, signal)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('an object', () => {
  it('is put, read back to the byte, put again, and removed, once or twice', async () => {
    const bytes = randomBytes(100_000)
    expect(await client().put('mail/one', bytes, signal)).toBe(true)
    expect(await read('mail/one')).toEqual(bytes)
    expect(await client().put('mail/one', bytes, signal)).toBe(true)
    expect(await client().put('mail/one', randomBytes(5), signal, { onlyNew: true })).toBe(false)
    expect(await read('mail/one')).toEqual(bytes)
    await client().remove('mail/one', signal)
    await client().remove('mail/one', signal)
    await expect(client().get('mail/one', signal)).rejects.toMatchObject({ code: 'object-missing' })
  })

  it.each([0, 1, partBytes - 1, partBytes, partBytes + 1, 3 * partBytes + 17])(
    'of %i bytes that come one by one is stored in parts',
    async size => {
      const bytes = randomBytes(size)
      expect(await client().putStream('backup', piecesOf(bytes, 10_007), signal)).toBe(size)
      expect(await read('backup')).toEqual(bytes)
      expect(server.uploads.size).toBe(0)
    },
  )

  it.each([1, partBytes, 3 * partBytes + 17])('of %i bytes is read piece by piece', async size => {
    const bytes = randomBytes(size)
    await client().put('large', bytes, signal)
    server.failNext('InternalError', 2)
    const pieces = await Array.fromAsync(client().getStream('large', signal))
    expect(pieces.every(piece => piece.length <= partBytes)).toBe(true)
    expect(Buffer.concat(pieces)).toEqual(bytes)
    const absent = Array.fromAsync(client().getStream('not there', signal))
    await expect(absent).rejects.toMatchObject({ code: 'object-missing' })
  })

  it('that is replaced while it is read is not pieced together of two', async () => {
    await client().put('large', randomBytes(3 * partBytes), signal)
    const read = client().getStream('large', signal)[Symbol.asyncIterator]()
    await read.next()
    await client().put('large', randomBytes(3 * partBytes), signal)
    await expect(read.next()).rejects.toMatchObject({ code: 'object-store-failed' })
  })

  it('in parts takes no other’s place where it must not', async () => {
    await client().put('kept', Buffer.from('first'), signal)
    const put = client().putStream('kept', piecesOf(randomBytes(100), 10), signal, { onlyNew: true })
    await expect(put).rejects.toMatchObject({ code: 'object-there' })
    expect(String(await read('kept'))).toBe('first')
    expect(server.uploads.size).toBe(0)
  })

  it('is asked for whether it could be written, and is not', async () => {
    const before = [...server.objects.keys()]
    await client().checkWritable(signal)
    expect([...server.objects.keys()]).toEqual(before)
    expect(server.uploads.size).toBe(0)
    const wrong = client({ key: 'AKID:wrong' }).checkWritable(signal)
    await expect(wrong).rejects.toThrow('SignatureDoesNotMatch')
    const elsewhere = client({ path: '/nowhere?region=eu-central-1' }).checkWritable(signal)
    await expect(elsewhere).rejects.toThrow('NoSuchBucket')
  })

  it('whose stream breaks is not there, and nothing of it is left', async () => {
    async function* broken() {
      yield randomBytes(2 * partBytes)
      throw new Error('the disk went away')
    }
    await expect(client().putStream('half', broken(), signal)).rejects.toThrow('the disk went away')
    await expect(client().get('half', signal)).rejects.toMatchObject({ code: 'object-missing' })
    expect(server.uploads.size).toBe(0)
  })

  it('that cannot be given up is told of, with what went wrong first', async () => {
    async function* broken() {
      yield randomBytes(2 * partBytes)
      server.fail = 'AccessDenied'
      throw new Error('the disk went away')
    }
    const put = client().putStream('left', broken(), signal)
    await expect(put).rejects.toThrow(
      /^the disk went away\. What was sent of left is still there .* AccessDenied/,
    )
    expect(server.uploads.size).toBe(1)
  })
})

it.each([
  ['AKID:wrong', undefined, 'SignatureDoesNotMatch'],
  ['OTHER:x', undefined, 'InvalidAccessKeyId'],
  [undefined, '/files?region=us-east-1', 'AuthorizationHeaderMalformed'],
  [undefined, '/others?region=eu-central-1', 'NoSuchBucket'],
])('what is refused (%s, %s) is told with its code and without the key', async (key, path, code) => {
  const failed = await client({ ...(key && { key }), ...(path && { path }) })
    .put('x', Buffer.from('x'), signal)
    .catch(error => error)
  expect(failed).toMatchObject({ code: 'object-store-failed', retryable: false })
  expect(failed.message).toContain(code)
  expect(`${failed.message} ${JSON.stringify(failed)}`).not.toContain(secret)
})

it('a store that is busy is worth another try', async () => {
  server.fail = 'SlowDown'
  await expect(client().put('x', Buffer.from('x'), signal)).rejects.toMatchObject({ retryable: true })
})

it.each([
  'nowhere',
  'https://store.example/bucket',
  's3+https://store.example/',
  's3+https://user:pw@store.example/b',
])('%s is no place for objects', url => {
  expect(() =>
    createS3Client({ url, key: new Secret('a:b'), keySetting: 'TOCSIN_FILES_S3_KEY', extraCa: undefined }),
  ).toThrow(expect.objectContaining({ code: 'bad-usage' }))
})

it('an answer that breaks off is none, though it began with 200', async () => {
  const broken = createServer((request, reply) => {
    request.resume().on('end', () => {
      reply.writeHead(200, { 'content-length': 100 }).write('<Complete')
      reply.socket?.end()
    })
  })
  broken.listen(0, '127.0.0.1')
  await once(broken, 'listening')
  try {
    const store = createS3Client({
      url: `s3+http://127.0.0.1:${(broken.address() as AddressInfo).port}/files`,
      key: new Secret(`AKID:${secret}`),
      keySetting: 'TOCSIN_FILES_S3_KEY',
      extraCa: undefined,
    })
    await expect(store.put('one', randomBytes(5), signal)).rejects.toMatchObject({ retryable: true })
  } finally {
    broken.close()
    broken.closeAllConnections()
  }
})
