import { z } from 'zod'
import { digestJob } from '../domain/job-kinds.ts'
import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { enqueue, type Job } from '../queue/jobs.ts'
import { type IntelProfile, markDigestQueued, markDigestSent, readProfile } from '../store/intel-profile.ts'
import { techniqueCoverage } from './coverage.ts'
import { digestMail, readDigest } from './digest.ts'

/** Sends one mail through the organisation's relay. Throws where it was not taken. */
export type SendDigest = (
  mail: {
    readonly to: string
    readonly subject: string
    readonly text: string
  },
  signal: AbortSignal,
) => Promise<void>

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const lookEveryMs = 60_000
/** 1970-01-05 was a Monday. */
const mondayMs = 4 * dayMs

/** When the newest digest was due: today's or this Monday's hour, or the one before. Undefined where none is wanted. */
export function lastDueMs({ cadence, hour }: Pick<IntelProfile, 'cadence' | 'hour'>, nowMs: number) {
  if (cadence === 'off') return undefined
  const [period, phase] = cadence === 'daily' ? [dayMs, 0] : [7 * dayMs, mondayMs]
  const start = phase + hour * hourMs
  return start + Math.floor((nowMs - start) / period) * period
}

/** Queues each digest when it is due, once, whatever the number of processes; until the signal fires. */
export async function scheduleDigests(
  parts: {
    readonly database: Database
    readonly clock: Clock
    readonly tenant: string
    readonly onFailure: (error: unknown) => void
  },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await queueWhenDue(parts.database, parts.tenant, parts.clock.now()).catch(parts.onFailure)
    await sleep(lookEveryMs, signal).catch(() => {})
  }
}

/** Queues the digest that is due, if one is. One that was due before the profile was written is not sent late. */
export async function queueWhenDue(database: Database, tenant: string, nowMs: number): Promise<boolean> {
  return database.transaction(async sql => {
    const profile = await readProfile(sql, tenant)
    const dueMs = lastDueMs(profile, nowMs)
    if (dueMs === undefined || dueMs <= profile.changedMs || profile.recipients.length === 0) return false
    if (!(await markDigestQueued(sql, tenant, dueMs))) return false
    const jobs = profile.recipients.map(to => ({
      kind: digestJob,
      key: `${dueMs} ${to}`,
      payload: { to, dueMs, days: profile.cadence === 'daily' ? 1 : 7 },
    }))
    await enqueue(sql, tenant, jobs, nowMs)
    return true
  })
}

const payload = z.object({ to: z.string(), dueMs: z.number(), days: z.number() })

/** Makes the digest of one due time and sends it to one recipient. */
export async function handleDigest(
  parts: {
    readonly database: Database
    readonly clock: Clock
    readonly publicUrl: string
    readonly send: SendDigest | undefined
    readonly attack?: AttackKnowledge
  },
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { to, dueMs, days } = payload.parse(job.payload)
  const { database } = parts
  try {
    if (parts.send === undefined)
      throw new AppError('not-configured', 'no mail relay is set: TOCSIN_MAIL_SMTP_URL and TOCSIN_MAIL_FROM')
    const profile = await readProfile(database, job.tenant)
    const coverage = await techniqueCoverage(database, job.tenant, parts.attack)
    const digest = await readDigest(database, job.tenant, profile, coverage, days, dueMs)
    const { subject, text } = digestMail(digest, parts.publicUrl)
    await parts.send({ to, subject, text }, signal)
    await markDigestSent(database, job.tenant, { sentMs: parts.clock.now() })
  } catch (error) {
    await markDigestSent(database, job.tenant, { error: `${to}: ${messageOf(error)}` })
    throw error
  }
}
