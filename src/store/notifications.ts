import type { ChannelKind, Notice, NoticeEvent, NoticeFacts } from '../domain/notice.ts'
import type { Role } from '../domain/role.ts'
import { severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

export interface ChannelRow {
  readonly id: string
  readonly kind: ChannelKind
  readonly name: string
  readonly events: readonly NoticeEvent[]
  /** 0 low .. 3 critical: notices about lesser cases are not sent. */
  readonly minimumSeverity: number
  readonly detail: 'link' | 'redacted'
  readonly enabled: boolean
  readonly shown: string
  readonly sealedTarget: string
  readonly createdMs: number
  readonly createdBy: string
}

const columns = `id, kind, name, events, minimum_severity as "minimumSeverity", detail, enabled, shown,
  sealed_target as "sealedTarget", created_ms as "createdMs", created_by as "createdBy"`

export function listChannels(sql: Sql, tenant: string): Promise<ChannelRow[]> {
  return sql.query<ChannelRow>(
    `select ${columns} from notification_channels where tenant_id = $1 order by created_ms, id`,
    [tenant],
  )
}

export async function findChannel(sql: Sql, tenant: string, id: string): Promise<ChannelRow | undefined> {
  const [row] = await sql.query<ChannelRow>(
    `select ${columns} from notification_channels where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** Writes a channel, new or changed. */
export async function saveChannel(sql: Sql, tenant: string, channel: ChannelRow): Promise<void> {
  await sql.query(
    `insert into notification_channels (tenant_id, id, kind, name, events, minimum_severity, detail, enabled, shown,
       sealed_target, created_ms, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant_id, id) do update set name = excluded.name, events = excluded.events,
       minimum_severity = excluded.minimum_severity, detail = excluded.detail, enabled = excluded.enabled,
       shown = excluded.shown, sealed_target = excluded.sealed_target`,
    [
      tenant,
      channel.id,
      channel.kind,
      channel.name,
      channel.events,
      channel.minimumSeverity,
      channel.detail,
      channel.enabled,
      channel.shown,
      channel.sealedTarget,
      channel.createdMs,
      channel.createdBy,
    ],
  )
}

/** False where there is no such channel. */
export async function deleteChannel(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from notification_channels where tenant_id = $1 and id = $2 returning id',
    [tenant, id],
  )
  return rows.length > 0
}

/** Notes a notice; false where it was noted before. */
export async function insertNotice(sql: Sql, tenant: string, notice: Notice): Promise<boolean> {
  const rows = await sql.query(
    `insert into notices (tenant_id, key, event, subject, facts, at_ms) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning key`,
    [tenant, notice.key, notice.event, notice.subject, JSON.stringify(notice.facts), notice.atMs],
  )
  return rows.length > 0
}

export interface DeliveryRow {
  readonly id: string
  readonly channelId: string
  readonly channelName: string
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly attempts: number
  readonly lastError: string | null
  readonly queuedMs: number
  readonly doneMs: number | null
  readonly key: string
  readonly event: NoticeEvent
  readonly subject: string
  readonly facts: NoticeFacts
  readonly atMs: number
}

const deliveryColumns = `d.id, d.channel_id as "channelId", d.channel_name as "channelName", d.state, d.attempts,
  d.last_error as "lastError", d.queued_ms as "queuedMs", d.done_ms as "doneMs", n.key, n.event, n.subject, n.facts,
  n.at_ms as "atMs"`
const deliveryFrom = `from notice_deliveries d join notices n on n.tenant_id = d.tenant_id and n.key = d.notice_key`

export async function insertDelivery(
  sql: Sql,
  tenant: string,
  delivery: { readonly id: string; readonly key: string; readonly channel: ChannelRow },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into notice_deliveries (tenant_id, id, notice_key, channel_id, channel_name, state, queued_ms)
     values ($1, $2, $3, $4, $5, 'waiting', $6) on conflict do nothing`,
    [tenant, delivery.id, delivery.key, delivery.channel.id, delivery.channel.name, nowMs],
  )
}

export async function findDelivery(sql: Sql, tenant: string, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await sql.query<DeliveryRow>(
    `select ${deliveryColumns} ${deliveryFrom} where d.tenant_id = $1 and d.id = $2`,
    [tenant, id],
  )
  return row
}

/** Newest first. */
export function listDeliveries(sql: Sql, tenant: string, limit: number): Promise<DeliveryRow[]> {
  return sql.query<DeliveryRow>(
    `select ${deliveryColumns} ${deliveryFrom} where d.tenant_id = $1 order by d.queued_ms desc, d.id desc limit $2`,
    [tenant, limit],
  )
}

/** Notes how an attempt ended; a delivery that was sent stays sent. */
export async function noteAttempt(
  sql: Sql,
  tenant: string,
  id: string,
  outcome: { readonly state: DeliveryRow['state']; readonly error: string | null },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `update notice_deliveries set state = $3, last_error = $4, attempts = attempts + 1,
       done_ms = case when $3 = 'waiting' then null else $5::bigint end
     where tenant_id = $1 and id = $2 and state = 'waiting'`,
    [tenant, id, outcome.state, outcome.error, nowMs],
  )
}

/** Mail addresses of active people with one of these roles. */
export async function addressesOfRoles(sql: Sql, tenant: string, roles: readonly Role[]): Promise<string[]> {
  const rows = await sql.query<{ email: string }>(
    `select distinct email from users
     where tenant_id = $1 and role = any($2) and state = 'active' and kind = 'person' and email is not null`,
    [tenant, roles],
  )
  return rows.map(row => row.email)
}

/**
 * What there is to tell that was not told yet: proposals that wait, expired or failed, critical cases, cases that are due
 * within `soonMs`, uses of the break-glass account, changes of accounts by one admin or waiting for a second, sources without news for `silentMs`,
 * records that went to quarantine, once a day for each source and reason, models that the watch took out. Nothing from before `sinceMs`.
 */
export async function untoldNotices(
  sql: Sql,
  tenant: string,
  at: {
    readonly sinceMs: number
    readonly nowMs: number
    readonly soonMs: number
    readonly silentMs: number
  },
): Promise<Notice[]> {
  const rows = await sql.query<
    Notice & { severity: number | null; path: string; action: string; title: string }
  >(
    `with found as (
       select 'approval-waiting:' || p.id as key, 'approval-waiting' as event, p.id as subject, p.changed_ms as at_ms,
         c.severity, '/approvals' as path, p.content ->> 'action' as action, c.title
       from proposals p left join cases c on c.tenant_id = p.tenant_id and c.id = p.case_id
       where p.tenant_id = $1 and p.state = 'awaiting'
       union all
       select case p.state when 'expired' then 'approval-expired:' else 'action-failed:' end || p.id,
         case p.state when 'expired' then 'approval-expired' else 'action-failed' end, p.id, p.changed_ms,
         c.severity, '/approvals?show=decided', p.content ->> 'action', c.title
       from proposals p left join cases c on c.tenant_id = p.tenant_id and c.id = p.case_id
       where p.tenant_id = $1 and p.state in ('expired', 'failed', 'unknown') and p.requested_by is not null
         and p.changed_ms >= $2
       union all
       select 'critical-case:' || c.id, 'critical-case', c.id, c.updated_ms, c.severity, '/cases/' || c.id, null, c.title
       from cases c where c.tenant_id = $1 and not c.closed and c.severity = 3 and not c.sample and c.updated_ms >= $2
       union all
       select 'case-due:' || c.id || ':' || c.due_ms, 'case-due', c.id, $3::bigint, c.severity, '/cases/' || c.id, null, c.title
       from cases c where c.tenant_id = $1 and not c.closed and not c.sample and c.due_ms between $3 and $3::bigint + $4
       union all
       select 'break-glass:' || e.id, 'break-glass', e.subject, e.at_ms, null, '/settings?section=audit', null, null
       from account_events e where e.tenant_id = $1 and e.kind = 'break-glass' and e.at_ms >= $2
       union all
       select e.kind || ':' || e.id, e.kind, e.subject, e.at_ms, null, '/settings?section=users', null, null
       from account_events e where e.tenant_id = $1 and e.kind in ('account-alone', 'account-waiting') and e.at_ms >= $2
       union all
       select 'source-silent:' || k.source || ':' || k.updated_ms, 'source-silent', k.source, $3::bigint, null,
         '/settings', null, null
       from checkpoints k where k.tenant_id = $1 and k.updated_ms >= $2 and k.updated_ms < $3::bigint - $5
       union all
       select distinct on (q.source, q.code, q.at_ms / 86400000)
         'quarantine-grown:' || q.source || ':' || q.code || ':' || q.at_ms / 86400000, 'quarantine-grown', q.source,
         q.at_ms, null::int, '/settings?section=quarantine', null, null
       from ( -- The newest: a flood of one reason must not make every look at it a long one.
         select source, code, at_ms from quarantine
         where tenant_id = $1 and at_ms >= $2 and at_ms >= $3::bigint - 86400000 order by at_ms desc, id desc limit 1000
       ) q
       union all
       select 'model-demoted:' || m.id, 'model-demoted', m.profile_id, m.at_ms, null, '/models', null, null
       from model_moves m where m.tenant_id = $1 and m.by_id is null and m.reason like 'by itself: %' and m.at_ms >= $2
         and m.to_state <> 'active' -- The one that comes back in its place did nothing.
     )
     select key, event, subject, at_ms as "atMs", severity, path, action, title from found f
     where not exists (select from notices n where n.tenant_id = $1 and n.key = f.key)
     order by at_ms, key limit 200`,
    [tenant, at.sinceMs, at.nowMs, at.soonMs, at.silentMs],
  )
  return rows.map(({ key, event, subject, atMs, severity, path, action, title }) => ({
    key,
    event,
    subject,
    atMs,
    facts: {
      path,
      ...(severity === null ? {} : { severity: severities[severity] ?? 'low' }),
      ...(action === null ? {} : { action }),
      ...(title === null ? {} : { title }),
    },
  }))
}
