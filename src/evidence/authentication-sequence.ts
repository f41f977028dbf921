import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import type { CaseContext } from './case-context.ts'

/** Failures from one source below this are somebody's mistyped password. */
const minFailures = 3
const maxSources = 5
const maxNames = 5

/**
 * Who tried to log on from where, and whether it worked in the end: the question behind every brute force. Looks at
 * the case and at the alerts around it, by source address.
 */
export function authenticationSequence(context: CaseContext): EvidenceDraft[] {
  const sources = new Set(context.alerts.flatMap(alert => sourceOf(alert) ?? []))
  const all = [...context.alerts, ...context.around].sort((a, b) => a.timestampMs - b.timestampMs)
  return [...sources]
    .slice(0, maxSources)
    .map(source => ({ source, alerts: all.filter(alert => sourceOf(alert) === source) }))
    .flatMap(({ source, alerts }) => sequenceFrom(source, alerts) ?? [])
}

function sequenceFrom(source: string, alerts: readonly Alert[]): EvidenceDraft | undefined {
  const failures = alerts.filter(isFailure)
  const first = failures[0]
  if (first === undefined || failures.length < minFailures) return undefined
  const successes = alerts.filter(alert => isSuccess(alert) && alert.timestampMs >= first.timestampMs)
  const accounts = [...new Set(failures.flatMap(accountsOf))]
  const entered = [...new Set(successes.flatMap(accountsOf))]
  return {
    kind: 'authentication-sequence',
    source: `authentication/${source}`,
    pointer: '',
    quote: [
      `source: ${source}`,
      `failure alerts: ${failures.length}`,
      `accounts tried: ${accounts.length}${namesIn(accounts)}`,
      `success alerts: ${successes.length}${namesIn(entered)}`,
    ].join(', '),
    trust: 'observed',
    label: `Logons from ${source}`,
    facts: {
      failures: failures.length,
      accounts: accounts.length,
      successes: successes.length,
      entered: entered.slice(0, maxNames).join(', '),
    },
  }
}

function namesIn(names: readonly string[]): string {
  if (names.length === 0) return ''
  return ` (${names.slice(0, maxNames).join(', ')}${names.length > maxNames ? ', …' : ''})`
}

function isFailure(alert: Alert): boolean {
  return alert.rule.groups.some(group =>
    /^(?:authentication_fail(?:ed|ures)|invalid_login|login_denied)$/.test(group),
  )
}

function isSuccess(alert: Alert): boolean {
  return alert.rule.groups.includes('authentication_success')
}

function sourceOf(alert: Alert): string | undefined {
  return alert.entities.find(entity => entity.type === 'address' && entity.role === 'source')?.value
}

function accountsOf(alert: Alert): string[] {
  return alert.entities.filter(entity => entity.type === 'user').map(entity => entity.value)
}
