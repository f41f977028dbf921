import { createPublicKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type S3Server, startS3Server } from '../../../test/support/s3-server.ts'
import { selfSigned } from '../../../test/support/self-signed.ts'
import { startSyslogServer } from '../../../test/support/syslog-server.ts'
import { fixedClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { type Checkpoint, checkpointIsSigned, checkpointSchema } from '../checkpoint.ts'
import { makeCheckpoint } from '../export-ledger.ts'
import { openFileLedger } from '../file-ledger.ts'
import { loadSigningKey } from '../signing-key.ts'
import { checkpointTarget } from './checkpoint-target.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-targets-'))
const signal = new AbortController().signal
const none = { s3Key: undefined, extraCa: undefined }
let whole: Checkpoint
let compact: Checkpoint
let isSigned: (checkpoint: Checkpoint) => boolean

beforeAll(async () => {
  const ledger = openFileLedger(join(folder, 'ledger.ndjson'), fixedClock(1_000))
  const note = { kind: 'note', tenant: '', actor: 'user:ann', subject: '', body: { text: 'x' } } as const
  await ledger.append(Array.from({ length: 300 }, () => note))
  const key = await loadSigningKey(join(folder, 'key.pem'))
  const made = [await makeCheckpoint(ledger, key, 2_000), await makeCheckpoint(ledger, key, 2_000, 4)]
  if (!made[0] || !made[1]) throw new Error('no checkpoint')
  ;[whole, compact] = made as [Checkpoint, Checkpoint] // Both were looked at just now.
  isSigned = checkpoint => checkpointIsSigned(checkpoint, createPublicKey(key))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What a receiver holds, read back as the one who verifies would. */
const readBack = (text: string): Checkpoint => checkpointSchema.parse(JSON.parse(text))
const ofMessage = (message: string | undefined) => readBack(message?.slice(message.indexOf(' - {') + 3) ?? '')

describe('checkpoints go to', () => {
  it('a file, one a line', async () => {
    const path = join(folder, 'kept.ndjson')
    const target = checkpointTarget(pathToFileURL(path).href, none)
    await target.keep(whole, signal)
    await target.keep(whole, signal)
    expect(readFileSync(path, 'utf8').trim().split('\n').map(readBack)).toEqual([whole, whole])
    const absent = checkpointTarget('file:///nowhere/at/all', none)
    await expect(absent.keep(whole, signal)).rejects.toMatchObject({ code: 'checkpoint-not-kept' })
  })

  it('syslog over UDP, in a datagram that no network cuts', async () => {
    const server = await startSyslogServer('udp')
    const target = checkpointTarget(`syslog+udp://127.0.0.1:${server.port}`, none)
    expect(target.compact).toBe(true)
    await target.keep(compact, signal)
    await server.received(1)
    expect(ofMessage(server.messages[0])).toEqual(compact)
    expect(isSigned(ofMessage(server.messages[0]))).toBe(true)
    expect(server.messages[0]).toMatch(/^<109>1 1970-01-01T00:00:02\.000Z \S+ tocsin \d+ checkpoint - \{/)
    expect(server.refused).toEqual([])
    await server.close()
  })

  it('syslog over TCP, framed by counted octets', async () => {
    const server = await startSyslogServer('tcp')
    const target = checkpointTarget(`syslog+tcp://127.0.0.1:${server.port}`, none)
    await target.keep(whole, signal)
    await server.received(1)
    expect(ofMessage(server.messages[0])).toEqual(whole)
    await server.close()
    await expect(target.keep(whole, signal)).rejects.toMatchObject({ code: 'checkpoint-not-kept' })
  })

  it('syslog over TLS, to whom the authority vouches for and to nobody else', async () => {
    const own = selfSigned('localhost')
    const server = await startSyslogServer('tls', own)
    const url = `syslog+tls://localhost:${server.port}`
    await checkpointTarget(url, { ...none, extraCa: own.certificatePem }).keep(whole, signal)
    await server.received(1)
    expect(ofMessage(server.messages[0])).toEqual(whole)
    await expect(checkpointTarget(url, none).keep(whole, signal)).rejects.toMatchObject({
      code: 'checkpoint-not-kept',
    })
    expect(server.messages).toHaveLength(1)
    await server.close()
  })
})

describe('an object store', () => {
  let store: S3Server
  const secret = 'wJalrXUtnFEMI/K7MDENG'
  beforeAll(async () => {
    store = await startS3Server({ accessKeyId: 'AKID', secret, region: 'eu-central-1', bucket: 'ledger' })
  })
  afterAll(() => store.close())
  const target = (path: string, key = `AKID:${secret}`) =>
    checkpointTarget(`s3+${store.url}${path}`, { ...none, s3Key: new Secret(key) })

  it('takes each checkpoint as an object of its own, and never one in place of another', async () => {
    const place = target('/ledger/soc 1/a?region=eu-central-1')
    await place.keep(whole, signal)
    const [[name = '', body = ''] = []] = store.objects
    expect(name).toMatch(/^\/ledger\/soc 1\/a\/[0-9a-f]{8}-000000000301-[0-9a-f]{16}\.json$/)
    expect(readBack(String(body))).toEqual(whole)
    // The same once more is no failure, and changes nothing.
    await place.keep(whole, signal)
    expect(store.refusals).toEqual(['PreconditionFailed'])
    expect([...store.objects]).toEqual([[name, body]])
  })

  it.each([
    ['/ledger?region=eu-central-1', 'AKID:wrong-secret', 'SignatureDoesNotMatch'],
    ['/ledger?region=eu-central-1', 'OTHER:wJalrXUtnFEMI/K7MDENG', 'InvalidAccessKeyId'],
    ['/ledger?region=us-east-1', undefined, 'AuthorizationHeaderMalformed'],
    ['/another?region=eu-central-1', undefined, 'NoSuchBucket'],
  ])('that refuses (%s) is a failure that says why and holds no key', async (path, key, code) => {
    const failed = await target(path, key)
      .keep(whole, signal)
      .catch(error => error)
    expect(failed).toMatchObject({ code: 'checkpoint-not-kept', retryable: true })
    expect(failed.message).toContain(code)
    expect(`${failed.message} ${JSON.stringify(failed)}`).not.toContain(secret)
  })
})

it.each([
  'nowhere',
  'https://example.org/',
  'syslog+udp://user:secret@example.org',
  's3+https://store.example/',
  's3+https://store.example/bucket',
])('%s is no place for checkpoints', url => {
  const s3Key = url.endsWith('bucket') ? undefined : new Secret('a:b')
  expect(() => checkpointTarget(url, { ...none, s3Key })).toThrow(
    expect.objectContaining({ code: 'bad-usage' }),
  )
})
