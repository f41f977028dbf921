import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { type S3Server, startS3Server } from '../../test/support/s3-server.ts'
import type { KeptBytes } from '../domain/kept-bytes.ts'
import { fixedClock } from '../lib/clock.ts'
import { createS3Client } from '../lib/s3-client.ts'
import { Secret } from '../lib/secret.ts'
import { deleteChat, findChatFile, insertChat, insertChatFile } from '../store/chats.ts'
import { countFiles } from '../store/stored-objects.ts'
import {
  filesInDatabase,
  filesInObjectStore,
  moveIntoStore,
  type ObjectFiles,
  sweepObjects,
} from './file-store.ts'

const clock = fixedClock(1_800_000_000_000)
const day = 24 * 60 * 60 * 1000
let test: TestDatabase
let server: S3Server
let parts: ObjectFiles

beforeAll(async () => {
  test = await openTestDatabase()
  server = await startS3Server({ accessKeyId: 'AKID', secret: 'key', region: 'us-east-1', bucket: 'files' })
  const store = createS3Client({
    url: `s3+${server.url}/files/tocsin`,
    key: new Secret('AKID:key'),
    keySetting: 'TOCSIN_FILES_S3_KEY',
    extraCa: undefined,
  })
  parts = { database: test.database, clock, store, signal: new AbortController().signal }
})
afterAll(async () => {
  await test.close()
  await server.close()
})
beforeEach(async () => {
  server.fail = undefined
  server.objects.clear()
  await test.database.query('delete from chats')
  await test.database.query('delete from stored_objects')
})

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
let count = 0

/** A chat with one file in it, kept as `keep` says. */
async function chatWith(bytes: Buffer, kept: KeptBytes) {
  const chatId = `chat-${++count}`
  await insertChat(test.database, 't', {
    id: chatId,
    ownerId: 'ann',
    title: 'x',
    caseId: null,
    createdMs: clock.now(),
    changedMs: clock.now(),
  })
  const id = `file-${count}`
  await insertChatFile(test.database, 't', {
    id,
    chatId,
    name: 'sample.bin',
    sha256: sha256Of(bytes),
    sizeBytes: bytes.length,
    kept,
    createdMs: clock.now(),
  })
  return { id, chatId }
}

async function readBack(id: string) {
  const found = await findChatFile(test.database, 't', id)
  return found && filesInObjectStore(parts).read(found.kept, found.sha256)
}

describe('files in an object store', () => {
  it('are objects named by their content, and none of their bytes is in the database', async () => {
    const bytes = Buffer.from('MZ\0 a sample')
    const kept = await filesInObjectStore(parts).keep('t', 'chat', bytes)
    const { id } = await chatWith(bytes, kept)
    expect(kept).toEqual({
      bytes: null,
      object: expect.stringMatching(/^t\/chat\/[0-9a-f]{2}\/[0-9a-f]{64}$/),
    })
    expect([...server.objects.keys()]).toEqual([`/files/tocsin/${kept.object}`])
    expect(await readBack(id)).toEqual(bytes)
    expect(await countFiles(test.database)).toEqual({ inRows: 0, inStore: 1 })
  })

  it('go when the last row that names them goes, with whatever took it along', async () => {
    const bytes = Buffer.from('twice')
    const files = filesInObjectStore(parts)
    const first = await chatWith(bytes, await files.keep('t', 'chat', bytes))
    const second = await chatWith(bytes, await files.keep('t', 'chat', bytes))
    expect(server.objects.size).toBe(1)
    await deleteChat(test.database, 't', 'ann', first.chatId)
    clock.advance(2 * day)
    expect(await sweepObjects(parts)).toBe(0)
    expect(await readBack(second.id)).toEqual(bytes)
    await deleteChat(test.database, 't', 'ann', second.chatId)
    expect(await sweepObjects(parts)).toBe(1)
    expect(server.objects.size).toBe(0)
  })

  it('that a failed transaction left behind go after a day, and not before', async () => {
    await filesInObjectStore(parts).keep('t', 'chat', Buffer.from('never stored'))
    expect(await sweepObjects(parts)).toBe(0)
    clock.advance(day + 1)
    expect(await sweepObjects(parts)).toBe(1)
    expect(server.objects.size).toBe(0)
  })

  it('that cannot be deleted now are deleted in a later round', async () => {
    const bytes = Buffer.from('stays a while')
    const { chatId } = await chatWith(bytes, await filesInObjectStore(parts).keep('t', 'chat', bytes))
    await deleteChat(test.database, 't', 'ann', chatId)
    clock.advance(2 * day)
    server.fail = 'SlowDown'
    await expect(sweepObjects(parts)).rejects.toMatchObject({ code: 'object-store-failed' })
    server.fail = undefined
    expect(await sweepObjects(parts)).toBe(1)
  })

  it('are refused where the object is another one than was stored, or gone', async () => {
    const bytes = Buffer.from('the evidence')
    const kept = await filesInObjectStore(parts).keep('t', 'chat', bytes)
    const { id } = await chatWith(bytes, kept)
    server.objects.set(`/files/tocsin/${kept.object}`, Buffer.from('the evidencf'))
    await expect(readBack(id)).rejects.toMatchObject({ code: 'file-differs' })
    server.objects.clear()
    await expect(readBack(id)).rejects.toMatchObject({ code: 'object-missing' })
  })

  it('of before are moved out of their rows, and can be read as before', async () => {
    const bytes = Buffer.from('older than the setting')
    const { id } = await chatWith(bytes, await filesInDatabase.keep('t', 'chat', bytes))
    expect(server.objects.size).toBe(0)
    expect(await moveIntoStore(parts)).toBe(1)
    expect(await moveIntoStore(parts)).toBe(0)
    expect(await countFiles(test.database)).toEqual({ inRows: 0, inStore: 1 })
    expect(await readBack(id)).toEqual(bytes)
  })

  it('say what to set where none is set up any more', async () => {
    const bytes = Buffer.from('x')
    const kept = await filesInObjectStore(parts).keep('t', 'chat', bytes)
    await expect(filesInDatabase.read(kept, sha256Of(bytes))).rejects.toThrow(/TOCSIN_FILES/)
  })

  it('of a tenant never lie where another tenant’s do, whatever it is called', async () => {
    const files = filesInObjectStore(parts)
    const names = ['t', 'T', '../t', 't/chat', 'ü']
    const kept = await Promise.all(names.map(tenant => files.keep(tenant, 'mail', Buffer.from('same'))))
    expect(new Set(kept.map(({ object }) => object)).size).toBe(names.length)
    for (const { object } of kept) expect(object).toMatch(/^[a-z0-9_-]+\/mail\/[0-9a-f]{2}\/[0-9a-f]{64}$/)
  })
})
