import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { openContent, sealContent } from '../ledger/sealed-content.ts'
import { openDatabaseDataKeys } from '../ledger/stored-data-keys.ts'
import { fixedClock } from '../lib/clock.ts'
import { insertChat, insertChatFile, insertChatMessage } from '../store/chats.ts'
import { caseTables, setHold } from '../store/delete-cases.ts'
import { checkLedger } from './check-ledger.ts'
import { eraseSubject, previewErasure } from './erase.ts'
import { changeRetention, countDue, defaultRetention, readRetention, runRetention } from './retention.ts'

const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 5, 1)
const clock = fixedClock(nowMs)
const signal = new AbortController().signal
const tenant = 'default'
let test: TestDatabase

const alertOf = (number: number, user: string, ageDays: number) =>
  wazuhLine({
    id: `${number}.1`,
    atMs: nowMs - ageDays * dayMs,
    host: `host-${number}`,
    rule: [`${5710 + number}`, 5, `failed logon ${number}`, ['sshd']],
    data: { srcuser: user },
  })

const parts = () => ({
  database: test.database,
  clock,
  vaultScope: (_tenant: string, caseId: string) => `scope of ${caseId}`,
  digest: (value: string) => `digest of ${value.length}`,
})

async function caseOf(host: string): Promise<string> {
  const [row] = await test.database.query<{ id: string }>(
    'select case_id as id from alerts where agent_name = $1',
    [host],
  )
  return row?.id ?? ''
}

const close = (host: string) =>
  test.database.query(
    `update cases set status = 'closed' where id in (select case_id from alerts where agent_name = $1)`,
    [host],
  )

async function newChat(id: string, caseId: string | null, ageDays: number, text = 'x'): Promise<void> {
  const atMs = nowMs - ageDays * dayMs
  const chat = { id, ownerId: 'u', title: 'Chat', caseId, createdMs: atMs, changedMs: atMs }
  await insertChat(test.database, tenant, chat)
  const message = {
    id: `m_${id}`,
    chatId: id,
    parentId: null,
    kind: 'question',
    body: {},
    state: 'done',
  } as const
  await insertChatMessage(test.database, tenant, { ...message, text, createdMs: atMs })
  const kept = { bytes: Buffer.from('x'), object: null }
  const file = { id: `f_${id}`, chatId: id, name: 'a.bin', sha256: '', sizeBytes: 1, kept }
  await insertChatFile(test.database, tenant, { ...file, createdMs: atMs })
}

const count = async (from: string) => {
  const [row] = await test.database.query<{ count: number }>(`select count(*) as count from ${from}`)
  return row?.count
}

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.query(
    `truncate alerts, chat_messages, chat_files, cases, case_entities, case_words, notes, jobs, legal_holds, governance_settings, vaults,
       data_keys, chats, mail_messages, approvals, proposals, quarantine`,
  )
  const ingest = newIngest(test.database, clock)
  await ingest([
    alertOf(1, 'alice', 500),
    alertOf(2, 'alice', 10),
    alertOf(3, 'bob', 500),
    alertOf(4, 'carol', 500),
  ])
  for (const host of ['host-1', 'host-3']) await close(host)
})

describe('retention', () => {
  it('deletes old closed cases whole, and neither open, young nor held ones', async () => {
    await setHold(test.database, tenant, {
      caseId: await caseOf('host-3'),
      reason: 'court order',
      byId: 'u',
      atMs: nowMs,
    })
    const due = await countDue(test.database, tenant, await readRetention(test.database, tenant), nowMs)
    expect(due['closed-cases']).toBe(1)
    expect((await runRetention(parts(), tenant, signal))['closed-cases']).toBe(1)
    const hosts = await test.database.query('select agent_name from alerts order by 1')
    expect(hosts.map(row => Object.values(row as object)[0])).toEqual(['host-2', 'host-3', 'host-4'])
    expect(await count('cases')).toBe(3)
    expect(await count('case_entities where case_id not in (select id from cases)')).toBe(0)
    expect((await runRetention(parts(), tenant, signal))['closed-cases']).toBeUndefined()
  })

  it('leaves a case whose action is in motion', async () => {
    await test.database.query(
      `insert into proposals (tenant_id, id, case_id, digest, content, state, prepared_by, reason, evidence, created_ms, changed_ms)
       values ('default', 'p', $1, 'd', '{}', 'approved', 'code', '', '{}', 1, 1)`,
      [await caseOf('host-1')],
    )
    // It is not due either: however many there are, they do not stand before the others.
    const due = await countDue(test.database, tenant, await readRetention(test.database, tenant), nowMs)
    expect(due['closed-cases']).toBe(1)
    await runRetention(parts(), tenant, signal)
    expect(await count(`alerts where agent_name = 'host-1'`)).toBe(1)
    expect(await count(`alerts where agent_name = 'host-3'`)).toBe(0)
  })

  it('deletes in several steps while alerts are taken in, and counts none of them wrong', async () => {
    const ingest = newIngest(test.database, clock)
    await ingest(Array.from({ length: 1200 }, (_, number) => alertOf(100 + number, 'dave', 500)))
    await test.database.query(`update cases set status = 'closed', settled_ms = $1`, [nowMs - 450 * dayMs])
    const before = (await count('cases')) ?? 0
    const running = runRetention(parts(), tenant, signal)
    let ended = false
    void running.finally(() => {
      ended = true
    })
    let taken = 0
    for (let number = 10_000; !ended; number += 5) {
      const lines = [0, 1, 2, 3, 4].map(nth => alertOf(number + (nth % 2), `erin${nth}`, 1))
      taken += (await ingest(lines)).stored
    }
    expect(before).toBeGreaterThan(1200)
    // One of them is young.
    expect((await running)['closed-cases']).toBe(before - 1)
    expect(await count('alerts')).toBe(1 + taken)
    expect(await count('alerts a where not exists (select from cases c where c.id = a.case_id)')).toBe(0)
    expect(
      await count('cases c where c.alert_count <> (select count(*) from alerts a where a.case_id = c.id)'),
    ).toBe(0)
  })

  it('is set by a person, in the ledger as it was and as it is; never means never', async () => {
    await changeRetention(
      test.database,
      tenant,
      { ...defaultRetention, 'closed-cases': null },
      'alice',
      nowMs,
    )
    expect((await readRetention(test.database, tenant)).changed).toEqual({ by: 'alice', atMs: nowMs })
    const last = await openDatabaseLedger(test.database, clock).last()
    expect(last).toMatchObject({ kind: 'config-change', actor: 'user:alice' })
    expect(last?.body).toMatchObject({ from: { 'closed-cases': 400 }, to: { 'closed-cases': null } })
    await runRetention(parts(), tenant, signal)
    expect(await count('cases')).toBe(4)
  })

  it('reads what was set before there were chats', async () => {
    const { chats: _later, ...before } = defaultRetention
    await test.database.query(
      `insert into governance_settings (tenant_id, name, value, changed_ms) values ('default', 'retention', $1, 1)`,
      [JSON.stringify({ ...before, mails: 7 })],
    )
    const { value } = await readRetention(test.database, tenant)
    expect(value).toMatchObject({ mails: 7, chats: defaultRetention.chats })
  })

  it('deletes old chats with their attachments and keys, without a case or with one, but not on a held one', async () => {
    const held = await caseOf('host-4')
    await setHold(test.database, tenant, { caseId: held, reason: 'court order', byId: 'u', atMs: nowMs })
    await newChat('chat_free', null, 500)
    await newChat('chat_case', await caseOf('host-2'), 500)
    await newChat('chat_held', held, 500)
    await newChat('chat_young', null, 10)
    const keys = openDatabaseDataKeys(test.database, Buffer.alloc(32, 1))
    const sealed = await sealContent(keys, tenant, 'chat_free.plan', 'what was asked')
    expect((await runRetention(parts(), tenant, signal)).chats).toBe(2)
    const left = await test.database.query<{ id: string }>('select id from chats order by 1')
    expect(left.map(({ id }) => id)).toEqual(['chat_held', 'chat_young'])
    expect(await count('chat_files')).toBe(2)
    await expect(openContent(keys, tenant, 'chat_free.plan', sealed)).rejects.toMatchObject({
      code: 'key-erased',
    })
  })

  it('takes each kind by its own age', async () => {
    await test.database.query(
      `insert into quarantine (tenant_id, id, at_ms, source, code, message, "where", content)
       select 'default', n::text, $1::bigint - n * 86400000::bigint, 's', 'c', 'm', 'w', '' from generate_series(1, 100) n`,
      [nowMs],
    )
    expect((await runRetention(parts(), tenant, signal)).quarantine).toBe(10)
    expect(await count('quarantine')).toBe(90)
  })
})

describe('erasure', () => {
  const request = { tenant, actor: 'user:admin', reason: 'request 17' }

  it('deletes every case that names a person, and what the ledger keeps of them can be read by nobody', async () => {
    const keys = openDatabaseDataKeys(test.database, Buffer.alloc(32, 1))
    const id = await caseOf('host-1')
    const other = await caseOf('host-3')
    const sealed = await sealContent(keys, tenant, id, 'alice was here')
    const kept = await sealContent(keys, tenant, other, 'bob was here')
    await test.database.query(
      `insert into vaults (tenant_id, scope, expires_at_ms, nonce, data) select 'default', 'scope of ' || id, 9e15::bigint, '', '' from cases`,
    )
    const subject = { type: 'user', value: 'alice' }
    const preview = await previewErasure(test.database, tenant, subject)
    expect(preview.cases).toHaveLength(2)
    await expect(eraseSubject(parts(), { ...request, subject, agreedCases: 1 })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await count('cases')).toBe(4)

    const erased = await eraseSubject(parts(), { ...request, subject, agreedCases: 2 })
    expect(erased).toMatchObject({ cases: 2, kept: [] })
    expect(await count(`alerts where raw like '%alice%'`)).toBe(0)
    expect(await count(`case_entities where value = 'alice'`)).toBe(0)
    expect(await count('vaults')).toBe(2)
    await expect(openContent(keys, tenant, id, sealed)).rejects.toMatchObject({ code: 'key-erased' })
    expect((await openContent(keys, tenant, other, kept)).toString()).toBe('bob was here')

    const ledger = openDatabaseLedger(test.database, clock)
    const last = await ledger.last()
    expect(last).toMatchObject({ kind: 'key-erased', actor: 'user:admin' })
    expect(JSON.stringify(last)).not.toContain('alice')
    expect((await checkLedger(ledger, Number.MAX_SAFE_INTEGER, signal)).firstBadSeq).toBeNull()
  })

  it('takes chats that name a person, and what models were asked in chats of their cases, and no others', async () => {
    const keys = openDatabaseDataKeys(test.database, Buffer.alloc(32, 1))
    await newChat('chat_case', await caseOf('host-1'), 1)
    await newChat('chat_named', null, 1, 'What did Alice do?')
    await newChat('chat_other', null, 1, 'Who is alicent or malice?')
    const scopes = ['chat_case', 'chat_named.plan', 'chat_other']
    const sealed = await Promise.all(scopes.map(scope => sealContent(keys, tenant, scope, 'asked')))
    const subject = { type: 'user', value: 'alice' }
    expect((await previewErasure(test.database, tenant, subject)).chats).toBe(1)
    const erased = await eraseSubject(parts(), { ...request, subject, agreedCases: 2 })
    expect(erased.chats).toBe(1)
    expect(erased.rows.chats).toBe(1)
    const left = await test.database.query<{ id: string }>('select id from chats')
    expect(left).toEqual([{ id: 'chat_other' }])
    const readable = await Promise.allSettled(
      sealed.map((content, index) => openContent(keys, tenant, scopes[index] ?? '', content)),
    )
    expect(readable.map(each => each.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })

  it('finds a value with signs in it as it is, not as a pattern', async () => {
    await newChat('chat_odd', null, 1, String.raw`Who is CORP\a.b+c ("x")?`)
    await newChat('chat_like', null, 1, String.raw`Who is CORP\aXbbc?`)
    const chats = async (value: string) =>
      (await previewErasure(test.database, tenant, { type: 'user', value })).chats
    expect(await chats(String.raw`CORP\a.b+c`)).toBe(1)
    expect(await chats('("x")')).toBe(1)
    expect(await chats('.*')).toBe(0)
  })

  it('does not touch a held case, and says so', async () => {
    const id = await caseOf('host-1')
    await setHold(test.database, tenant, { caseId: id, reason: 'court order', byId: 'u', atMs: nowMs })
    const subject = { type: 'user', value: 'alice' }
    const erased = await eraseSubject(parts(), { ...request, subject, agreedCases: 2 })
    expect(erased).toMatchObject({ cases: 1, kept: [{ id, why: 'legal-hold' }] })
    expect(await count(`alerts where agent_name = 'host-1'`)).toBe(1)
  })

  it('a process that remembers an erased case opens a new one for the next alert', async () => {
    const ingest = newIngest(test.connect(), clock)
    await ingest([alertOf(5, 'dora', 0)])
    const before = await caseOf('host-5')
    await eraseSubject(parts(), { ...request, subject: { type: 'user', value: 'dora' }, agreedCases: 1 })
    await ingest([alertOf(5, 'dora', 0).replace('"5.1"', '"5.2"')])
    const after = await caseOf('host-5')
    expect(after).not.toBe('')
    expect(after).not.toBe(before)
    expect(await count(`cases where id = '${after}'`)).toBe(1)
  })
})

it('every table that belongs to a case is deleted with it', async () => {
  const rows = await test.database.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'case_id'`,
  )
  // Proposals go with their approvals; a hold forbids the deletion; an erased key leaves its place.
  const others = ['proposals', 'legal_holds', 'data_keys']
  expect(
    rows
      .map(({ name }) => name)
      .filter(name => !others.includes(name))
      .sort(),
  ).toEqual([...caseTables].sort())
})
