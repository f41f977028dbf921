import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const { judgeAudit } = await import(join(resolve(import.meta.dirname, '..'), 'bin', 'review-dependencies.js'))
const today = '2026-11-28'
const id = 'GHSA-abcd-ef01-2345'

/** A report as npm prints it: what is weak itself names its advisories, what has it inside names the package. */
function report(severity: string, more: object = {}): string {
  const advisory = {
    source: 1,
    name: 'weak',
    dependency: 'weak',
    title: 'Prototype pollution',
    url: `https://github.com/advisories/${id}`,
    severity,
    range: '<2',
  }
  const weak = { name: 'weak', severity, isDirect: false, via: [advisory], nodes: ['node_modules/weak'] }
  const user = { name: 'user', severity, isDirect: true, via: ['weak'], nodes: ['node_modules/user'] }
  return JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: { weak, user, again: { ...weak, name: 'again' } },
    metadata: { vulnerabilities: { high: 3, critical: 0 } },
    ...more,
  })
}
const entry = { advisory: id, package: 'weak', reason: 'never sees input from outside', until: '2026-12-31' }

describe('the review of dependencies', () => {
  it.each(['high', 'critical'])(
    'an advisory of severity %s is one problem, which says what to do',
    severity => {
      const { kind, problems } = judgeAudit(report(severity), [], today)
      expect(kind).toBe('reviewed')
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(`weak: ${severity}, ${id}, Prototype pollution`)
      expect(problems[0]).toContain('bin/accepted-advisories.json')
    },
  )

  it.each(['moderate', 'low', 'info'])('one of severity %s is none', severity => {
    const counted = { metadata: { vulnerabilities: { high: 0, critical: 0 } } }
    expect(judgeAudit(report(severity, counted), [], today)).toEqual({
      kind: 'reviewed',
      problems: [],
      notes: [],
    })
  })

  it('one that is listed is accepted until its date, and not a day longer', () => {
    expect(judgeAudit(report('high'), [entry], today).problems).toEqual([])
    expect(judgeAudit(report('high'), [entry], today).notes[0]).toContain('accepted until 2026-12-31')
    expect(judgeAudit(report('high'), [entry], '2026-12-31').problems).toEqual([])
    expect(judgeAudit(report('high'), [entry], '2027-01-01').problems).toHaveLength(1)
  })

  it('the list speaks for one advisory of one package', () => {
    for (const other of [{ package: 'user' }, { advisory: 'GHSA-zzzz-ef01-2345' }]) {
      const { problems, notes } = judgeAudit(report('high'), [{ ...entry, ...other }], today)
      expect(problems).toHaveLength(1)
      expect(notes[0]).toContain('take it off the list')
    }
  })

  it('an entry without a reason or a date accepts nothing, and is a problem of its own', () => {
    for (const part of [{ reason: ' ' }, { reason: undefined }, { until: 'soon' }, { until: undefined }])
      expect(judgeAudit(report('high'), [{ ...entry, ...part }], today).problems).toHaveLength(2)
    expect(judgeAudit(report('high'), undefined, today).problems).toHaveLength(2)
    expect(judgeAudit(report('high'), [null], today).problems).toHaveLength(2)
  })

  it('a registry that cannot be asked is unanswered, never a failure and never a pass', () => {
    const offline = { error: { code: 'ENOTFOUND', summary: 'request to registry failed', detail: '' } }
    const refused = { statusCode: 404, message: 'audit endpoint returned an error' }
    expect(judgeAudit(JSON.stringify(offline), [], today)).toEqual({
      kind: 'unanswered',
      why: 'request to registry failed',
    })
    expect(judgeAudit(JSON.stringify(refused), [], today)).toEqual({
      kind: 'unanswered',
      why: 'audit endpoint returned an error',
    })
    for (const nothing of ['', 'npm ERR!', 'null', '{}', '{"auditReportVersion":2,"vulnerabilities":null}'])
      expect(judgeAudit(nothing, [], today).kind).toBe('unanswered')
  })

  it('counts without names are a problem, not a pass', () => {
    expect(judgeAudit(report('high', { vulnerabilities: {} }), [], today).problems).toHaveLength(1)
  })

  it('what the registry wrote cannot steer a terminal', () => {
    const hostile = report('high').replaceAll('Prototype pollution', 'a\\u001b[2J\\nb\\u202ec')
    expect(judgeAudit(hostile, [], today).problems[0]).toContain('a [2J b c')
  })
})
