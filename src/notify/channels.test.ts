import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type NotificationReceiver,
  startNotificationReceiver,
} from '../../test/support/notification-receiver.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { noticeJob } from '../domain/job-kinds.ts'
import type { Notice } from '../domain/notice.ts'
import { fixedClock } from '../lib/clock.ts'
import { sealEnvelope } from '../lib/envelope.ts'
import { randomIds } from '../lib/ids.ts'
import { claim, complete, fail } from '../queue/jobs.ts'
import { listDeliveries, saveChannel } from '../store/notifications.ts'
import { parseAllowedPlaces } from './allowed-places.ts'
import { deliveryTries, handleDelivery } from './deliver-job.ts'
import { findNotices } from './find-notices.ts'
import type { NotifyParts } from './send-notice.ts'
import { type ChannelTarget, channelTarget, shownTarget, targetContext } from './target.ts'

const tenant = 'default'
const masterKey = Buffer.alloc(32, 9)
const secretTitle =
  'Login of jsmith on fin-srv-03 from 10.1.2.3 with hunter2-Passw0rd <!channel> [x](https://evil.example) @all'
let test: TestDatabase
let receiver: NotificationReceiver
let parts: NotifyParts
const clock = fixedClock(Date.UTC(2026, 5, 1, 12))
const signal = new AbortController().signal

beforeAll(async () => {
  ;[test, receiver] = await Promise.all([openTestDatabase(), startNotificationReceiver()])
  parts = {
    database: test.database,
    clock,
    ids: randomIds(),
    masterKey: async () => masterKey,
    places: parseAllowedPlaces(`127.0.0.1:${receiver.port}, localhost:${receiver.mailPort}`),
    extraCa: [receiver.certificatePem],
    redactText: async (_tenant, text) =>
      text.replaceAll(/jsmith|fin-srv-03|10\.1\.2\.3|hunter2-Passw0rd/g, '[X]'),
    consoleUrl: () => 'https://tocsin.example.org',
  }
})
afterAll(async () => {
  await receiver.close()
  await test.close()
})
beforeEach(async () => {
  receiver.reset()
  for (const table of ['notification_channels', 'notices', 'notice_deliveries', 'jobs', 'proposals', 'cases'])
    await test.database.query(`delete from ${table}`)
})

const mail = (more: Partial<Extract<ChannelTarget, { kind: 'email' }>> = {}): ChannelTarget => ({
  kind: 'email',
  host: 'localhost',
  port: receiver.mailPort,
  security: 'starttls',
  user: 'tocsin',
  password: receiver.mailPassword,
  from: 'tocsin@example.org',
  to: ['soc@example.org'],
  roles: [],
  ...more,
})
const http = (kind: 'slack' | 'teams' | 'mattermost', path = kind as string): ChannelTarget => ({
  kind,
  url: `http://127.0.0.1:${receiver.port}/${path}`,
})
const hook = (): ChannelTarget => ({
  kind: 'webhook',
  url: `http://127.0.0.1:${receiver.port}/webhook`,
  secret: receiver.webhookSecret,
})

async function channel(target: ChannelTarget, more: object = {}): Promise<string> {
  const id = parts.ids.next('channel')
  await saveChannel(test.database, tenant, {
    id,
    kind: target.kind,
    name: target.kind,
    events: [
      'approval-waiting',
      'critical-case',
      'case-due',
      'ledger-broken',
      'break-glass',
      'approval-expired',
      'action-failed',
      'source-silent',
    ],
    minimumSeverity: 0,
    detail: 'link',
    enabled: true,
    shown: shownTarget(target),
    sealedTarget: sealEnvelope(
      masterKey,
      JSON.stringify(channelTarget.parse(target)),
      targetContext(tenant, id),
    ),
    createdMs: clock.now(),
    createdBy: 'user_1',
    ...more,
  })
  return id
}

const notice = (key = 'critical-case:case_1'): Notice => ({
  key,
  event: 'critical-case',
  subject: 'case_1',
  facts: { severity: 'critical', path: '/cases/case_1', title: secretTitle },
  atMs: clock.now(),
})

/** Works on the queue until it is empty or `rounds` are over, as a worker does. */
async function deliver(rounds = 1): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const jobs = await claim(test.database, noticeJob, { limit: 20, leaseMs: 600_000, nowMs: clock.now() })
    for (const job of jobs) {
      try {
        await handleDelivery(parts, job, signal)
        await complete(test.database, [job])
      } catch (error) {
        await fail(test.database, job, { kind: 'retry', runAtMs: clock.now(), error: String(error) })
      }
    }
  }
}

const states = async () =>
  (await listDeliveries(test.database, tenant, 50)).map(({ channelName, state, attempts, lastError }) => ({
    channelName,
    state,
    attempts,
    lastError,
  }))

describe('each kind of channel', () => {
  it('is told in the form that its server takes', async () => {
    for (const target of [mail(), hook(), http('slack'), http('teams'), http('mattermost')])
      await channel(target)
    expect(await findNotices(parts, tenant, 3_600_000, [notice()])).toBe(1)
    await deliver()
    expect(receiver.refusals).toEqual([])
    expect(receiver.taken.map(each => each.path).sort()).toEqual([
      'mail',
      'mattermost',
      'slack',
      'teams',
      'webhook',
    ])
    expect((await states()).map(each => each.state)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent'])
    for (const { body } of receiver.taken) {
      expect(body).toContain('https://tocsin.example.org/cases/case_1')
      expect(body).toContain('critical')
    }
  })

  it('by default nothing of what others wrote leaves; where a channel says so, what redaction leaves of it', async () => {
    for (const target of [mail(), hook(), http('slack'), http('teams'), http('mattermost')])
      await channel(target)
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver()
    const told = receiver.taken.map(each => each.body).join('\n')
    for (const word of ['jsmith', 'fin-srv-03', '10.1.2.3', 'hunter2', 'Login of', 'evil.example'])
      expect(told).not.toContain(word)

    await test.database.query(`update notification_channels set detail = 'redacted'`)
    receiver.reset()
    await findNotices(parts, tenant, 3_600_000, [notice('critical-case:case_2')])
    await deliver()
    expect(receiver.refusals).toEqual([])
    expect(receiver.taken).toHaveLength(5)
    const redacted = new Map(receiver.taken.map(each => [each.path, each.body]))
    for (const body of redacted.values()) {
      for (const word of ['jsmith', 'fin-srv-03', '10.1.2.3', 'hunter2']) expect(body).not.toContain(word)
    }
    // Hostile words stay words: no mention, no link.
    expect(redacted.get('slack')).toContain('&lt;!channel&gt;')
    expect(redacted.get('mattermost')).not.toContain('](https://evil')
    expect(redacted.get('mattermost')).not.toContain('@all')
    expect(redacted.get('teams')).toContain('RichTextBlock')
  })

  it('says nothing of the text where redaction is not possible', async () => {
    await channel(http('slack'), { detail: 'redacted' })
    const closed = { ...parts, redactText: async () => undefined }
    await findNotices(closed, tenant, 3_600_000, [notice()])
    const [job] = await claim(test.database, noticeJob, { limit: 1, leaseMs: 600_000, nowMs: clock.now() })
    if (job !== undefined) await handleDelivery(closed, job, signal)
    expect(receiver.taken[0]?.body).not.toContain('Login')
  })
})

describe('a delivery', () => {
  it('is tried again while the receiver is down, and made once', async () => {
    await channel(hook())
    receiver.failNext(2, 503)
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver(5)
    expect(receiver.taken).toHaveLength(1)
    expect(await states()).toMatchObject([{ state: 'sent', attempts: 3 }])
    // The same notice found again, and the same job run again after a crash: nothing more is sent.
    expect(await findNotices(parts, tenant, 3_600_000, [notice()])).toBe(0)
    const [delivery] = await listDeliveries(test.database, tenant, 1)
    const job = { id: 1, tenant, kind: noticeJob, key: delivery?.id ?? '', payload: {}, attempt: 1 }
    await handleDelivery(parts, job, signal)
    expect(receiver.taken).toHaveLength(1)
  })

  it('carries one id through all its tries, so that a receiver can tell a copy', async () => {
    await channel(hook())
    receiver.failNext(2, 500)
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver(4)
    expect(new Set(receiver.ids).size).toBe(1)
    expect(receiver.ids).toHaveLength(3)
  })

  it('gives up where another try cannot help, and after the last one', async () => {
    await channel(http('slack', 'gone'))
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver(3)
    expect(await states()).toMatchObject([
      { state: 'failed', attempts: 1, lastError: 'it answered with status 404' },
    ])
    await channel(http('teams'))
    receiver.failNext(100, 503)
    await findNotices(parts, tenant, 3_600_000, [notice('critical-case:case_9')])
    await deliver(deliveryTries + 3)
    expect((await states()).find(each => each.channelName === 'teams')).toMatchObject({
      state: 'failed',
      attempts: deliveryTries,
    })
  })

  it('to a channel that was switched off meanwhile is not made', async () => {
    const id = await channel(http('slack'))
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await test.database.query('update notification_channels set enabled = false where id = $1', [id])
    await deliver()
    expect(receiver.taken).toEqual([])
    expect(await states()).toMatchObject([{ state: 'failed' }])
  })

  it('two processes that look at the same moment tell it once', async () => {
    await channel(http('slack'))
    const counts = await Promise.all(
      [1, 2, 3, 4].map(() => findNotices(parts, tenant, 3_600_000, [notice()])),
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    await deliver(2)
    expect(receiver.taken).toHaveLength(1)
  })
})

describe('secrets and places', () => {
  it('no error and no row holds the address or the password', async () => {
    await channel(mail({ password: 'not-the-password-of-the-server' }))
    await channel(http('slack', 'gone/T000/B000/XXXX-secret-path'))
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver()
    const rows = await test.database.query<{ text: string }>(
      `select d::text as text from notice_deliveries d union all select c::text from notification_channels c
       union all select j::text from jobs j`,
    )
    const all = rows.map(row => row.text).join('\n')
    expect(all).toContain('failed')
    for (const secret of ['secret-path', 'not-the-password', receiver.webhookSecret])
      expect(all).not.toContain(secret)
  })

  it('nothing is sent to a place that the operator did not name, by whatever spelling', async () => {
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      `http://localhost:${receiver.port}/slack`,
      `http://127.0.0.1:${receiver.port + 1}/slack`,
      `http://127.1:${receiver.port + 1}/`,
      `http://user@127.0.0.1:${receiver.port}/slack`,
      'https://evil.example/hook',
    ]) {
      await test.database.query('delete from notification_channels')
      await channel({ kind: 'slack', url })
      await findNotices(parts, tenant, 3_600_000, [notice(`critical-case:${url}`)])
      await deliver()
    }
    expect(receiver.taken).toEqual([])
    expect((await states()).map(each => each.state)).not.toContain('sent')
  })

  it('follows no redirect', async () => {
    await channel(http('slack', 'redirect'))
    await findNotices(parts, tenant, 3_600_000, [notice()])
    await deliver()
    expect(receiver.taken).toEqual([])
  })

  it('mail goes over TLS that is verified, or not at all', async () => {
    await channel(mail())
    await findNotices({ ...parts, extraCa: [] }, tenant, 3_600_000, [notice()])
    const [job] = await claim(test.database, noticeJob, { limit: 1, leaseMs: 600_000, nowMs: clock.now() })
    if (job !== undefined)
      await expect(handleDelivery({ ...parts, extraCa: [] }, job, signal)).rejects.toThrow(/certificate/)
    expect(receiver.taken).toEqual([])
  })

  it('a place is written plainly, or refused', () => {
    expect(parseAllowedPlaces('chat.example:8443@10.0.0.0/8+192.168.0.0/16')).toEqual([
      { host: 'chat.example', port: 8443, addresses: ['10.0.0.0/8', '192.168.0.0/16'] },
    ])
    expect(parseAllowedPlaces('')).toEqual([])
    expect(() => parseAllowedPlaces('https://chat.example/hook')).toThrow(/TOCSIN_NOTIFY_HOSTS/)
  })
})

describe('what there is to tell', () => {
  it('is read from where it happened', async () => {
    await channel(http('slack'))
    const nowMs = clock.now()
    await insertCase('case_a', { severity: 3, dueMs: nowMs + 60_000 })
    await insertCase('case_b', { severity: 1, dueMs: nowMs + 3_600_000 })
    await insertCase('case_c', { severity: 3, dueMs: nowMs + 60_000, sample: true })
    for (const [id, state] of Object.entries({
      p1: 'awaiting',
      p2: 'expired',
      p3: 'failed',
      p4: 'draft',
      p5: 'unknown',
    }))
      await insertProposal(id, state)
    await test.database.query(
      `insert into account_events (tenant_id, id, at_ms, kind, subject, detail) values ($1, 'event_1', $2, 'break-glass', 'emergency', '')`,
      [tenant, nowMs],
    )
    await test.database.query(
      `insert into checkpoints (tenant_id, source, position, updated_ms) values ($1, 'alerts-file', '{}', $2)`,
      [tenant, nowMs + 1000],
    )
    await test.database.query(
      `insert into model_moves (tenant_id, id, profile_id, from_state, to_state, by_id, reason, gate, at_ms)
       values ($1, 'move_1', 'mp_1', 'canary', 'shadow', null, 'by itself: it fails', '{}', $2),
         ($1, 'move_2', 'mp_1', 'shadow', 'retired', 'user_1', 'no longer needed', '{}', $2)`,
      [tenant, nowMs],
    )
    expect(await findNotices(parts, tenant, 3_600_000)).toBe(8)
    clock.advance(3_602_000)
    await findNotices(parts, tenant, 3_600_000)
    const keys = await test.database.query<{ key: string }>('select key from notices order by key')
    expect(keys.map(row => row.key.replace(/:\d+$/, ''))).toEqual([
      'action-failed:p3',
      'action-failed:p5',
      'approval-expired:p2',
      'approval-waiting:p1',
      'break-glass:event_1',
      'case-due:case_a',
      'critical-case:case_a',
      'model-demoted:move_1',
      'source-silent:alerts-file',
    ])
  })

  it('is not told to who does not want it, nor what was before there was anybody to tell', async () => {
    await insertCase('case_old', { severity: 3, dueMs: clock.now() + 10 * 3_600_000 })
    clock.advance(60_000)
    await channel(http('slack'), { events: ['case-due'] })
    await channel(http('teams'), { minimumSeverity: 3 })
    expect(await findNotices(parts, tenant, 3_600_000)).toBe(0)
    await insertCase('case_low', { severity: 0, dueMs: clock.now() + 60_000 })
    await insertCase('case_high', { severity: 3, dueMs: clock.now() + 10 * 3_600_000 })
    await findNotices(parts, tenant, 3_600_000)
    await deliver()
    const told = receiver.taken.map(each => [each.path, /cases\/case_\w+/.exec(each.body)?.[0]])
    expect(told.sort()).toEqual([
      ['slack', 'cases/case_low'],
      ['teams', 'cases/case_high'],
    ])
  })
})

async function insertCase(
  id: string,
  facts: { severity: number; dueMs: number; sample?: boolean },
): Promise<void> {
  await test.database.query(
    `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
       created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, sample, grouping)
     values ($1, $2, 'a title', $3, 12, 1, 1, $4, $4, $4, $4, $5, '{}', '{}', '{}', '{}', $6, '{}')`,
    [tenant, id, facts.severity, clock.now(), facts.dueMs, facts.sample ?? false],
  )
}

async function insertProposal(id: string, state: string): Promise<void> {
  await test.database.query(
    `insert into proposals (tenant_id, id, case_id, digest, content, state, prepared_by, requested_by, reason, evidence,
       created_ms, changed_ms)
     values ($1, $2, 'case_b', $2, '{"action":"delete-file"}', $3, 'x', 'user_1', '', '{}', $4, $4)`,
    [tenant, id, state, clock.now()],
  )
}
