import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOscal } from '../../test/support/oscal-form.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { readPdf } from '../intel/read-pdf.ts'
import { newSigningKey } from '../ledger/checkpoint.ts'
import { appendEntries, openDatabaseLedger } from '../ledger/database-ledger.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { insertUser } from '../store/users.ts'
import { complianceReport, coverageOf, type ReportSources } from './compliance-report.ts'
import type { Framework } from './control.ts'
import { nistCsf } from './frameworks/nist-csf.ts'
import { frameworkOf, frameworks } from './frameworks.ts'
import { judgeControl } from './judge-control.ts'
import { keepStatement } from './own-statement.ts'
import { renderReport, reportFormats } from './render-report.ts'
import { reportPeriod } from './report-period.ts'
import { documentIsSigned } from './sign-document.ts'

const period = reportPeriod('2026-03-01', '2026-03-31')
const inside = Date.parse('2026-03-10T10:00:00Z')
const outside = Date.parse('2026-04-01T00:00:00Z')
const signal = new AbortController().signal
const newKey = () => createPrivateKey(newSigningKey())

let open: TestDatabase
let sources: ReportSources
beforeAll(async () => {
  open = await openTestDatabase()
  sources = {
    database: open.database,
    ledger: openDatabaseLedger(open.database, systemClock),
    tenant: 'default',
    settings: {
      'setting-policy-file': true,
      'setting-https': false,
      'setting-server-database': false,
      'setting-publish': true,
      'setting-own-master-key': false,
    },
    version: '0.0.0',
  }
})
afterAll(() => open.close())

const report = (framework: Framework, over: Partial<ReportSources> = {}) =>
  complianceReport({ ...sources, ...over }, framework, period, signal)

async function control(id: string, over: Partial<ReportSources> = {}) {
  const found = (await report(nistCsf, over)).controls.find(each => each.id === id)
  if (found === undefined) throw new Error(`there is no control ${id}`)
  return found
}

describe('a report on an empty database', () => {
  it('claims nothing that is not a setting', async () => {
    const { controls } = await report(nistCsf)
    expect(controls.filter(each => each.status !== 'no evidence').map(each => each.id)).toEqual(['GV.PO-01'])
    expect(controls).toHaveLength(106)
  })

  it('claims nothing in any framework, though the first account and the first entry of the ledger are there', async () => {
    const first = { id: 'first', username: 'admin', displayName: 'Admin', role: 'admin' as const }
    await insertUser(open.database, 'default', { ...first, passwordHash: 'x', mustChangePassword: true }, 1)
    await open.database.transaction(sql => appendEntries(sql, [], inside))
    // As an installation starts that nobody has set anything for.
    const settings = { ...sources.settings, 'setting-policy-file': false }
    for (const framework of frameworks) {
      const { controls } = await report(framework, { settings })
      const claimed = controls.filter(({ status }) => status !== 'no evidence').map(({ id }) => id)
      expect([framework.id, claimed]).toEqual([framework.id, []])
    }
    await open.database.query(`delete from users where id = 'first'`)
  })

  it('says what is missing, and what it cannot see', async () => {
    const { gaps } = await control('DE.AE-02')
    expect(gaps).toContain('No record: verdicts set by named persons.')
    expect(gaps.at(-1)).toMatch(/^Outside these records: /)
  })
})

describe('a report on records', () => {
  beforeAll(async () => {
    const { database } = open
    const caseRow = (id: string, createdMs: number, sample: boolean, verdictBy: string | null) =>
      database.query(
        `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, briefed_revision,
           first_seen_ms, last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, sample, grouping,
           verdict, verdict_by, verdict_ms)
         values ('default', $1, 't', 1, 10, 2, 1, 1, $2, $2, $2, $2, $2, '{}', '{}', '{T1110}', '{}', $3, '{}',
           $4, $5, $6)`,
        [id, createdMs, sample, verdictBy && 'true_positive', verdictBy, verdictBy && createdMs],
      )
    await caseRow('case_1', inside, false, 'user_1')
    await caseRow('case_2', inside, true, 'user_1') // Of the sample.
    await caseRow('case_3', outside, false, 'user_1')
    const user = { id: 'user_1', username: 'ann', displayName: 'Ann', role: 'approver' as const }
    await insertUser(database, 'default', { ...user, passwordHash: 'x', mustChangePassword: false }, inside)
    await database.transaction(sql =>
      appendEntries(
        sql,
        [{ kind: 'note', tenant: 'default', actor: 'user:ann', subject: 'case_1', body: { text: 'x' } }],
        inside,
      ),
    )
  })

  it('counts the period only, without the sample', async () => {
    const { evidence, status } = await control('RS.MA-02')
    expect(evidence.map(each => [each.name, each.count])).toEqual([
      ['cases', 1],
      ['verdicts', 1],
    ])
    expect(status).toBe('evidence')
    expect(evidence[0]?.latest).toBe(new Date(inside).toISOString())
  })

  it('counts nothing of another tenant', async () => {
    expect((await control('RS.MA-02', { tenant: 'other' })).status).toBe('no evidence')
  })

  it('is partial where only some kinds of record exist', async () => {
    expect((await control('RS.AN-03')).status).toBe('partial') // A brief, no note.
  })

  it('an approval of your own request speaks against separation of duties', async () => {
    const before = await control('PR.AA-05')
    await open.database.query(
      `insert into proposals (tenant_id, id, case_id, digest, content, state, prepared_by, requested_by, reason, evidence, created_ms, changed_ms)
       values ('default', 'p1', 'case_1', 'd1', '{}', 'approved', 'job:x', 'user_1', '', '{}', $1, $1)`,
      [inside],
    )
    const approve = (approver: string) =>
      open.database.query(
        `insert into approvals (tenant_id, proposal_id, proposal_digest, approver, on_behalf_of, decision, reason, at_ms)
         values ('default', 'p1', 'd1', $1, $1, 'approve', '', $2)`,
        [approver, inside],
      )
    await approve('user_2')
    const fine = await control('PR.AA-05')
    await approve('user_1')
    const broken = await control('PR.AA-05')
    expect([before.status, fine.status, broken.status]).toEqual(['partial', 'evidence', 'partial'])
    expect(broken.gaps.join()).toContain('Speaks against it: 1 approval by the person who asked')
  })

  it('a ledger that was edited is no evidence, and the report names the entry', async () => {
    const honest = await report(nistCsf)
    expect(honest.ledger).toMatchObject({ verified: 2, first_bad: null })
    const edited = {
      async *read(): AsyncGenerator<LedgerEntry> {
        for await (const entry of sources.ledger.read({ fromSeq: 1, toSeq: 9 }))
          yield entry.seq === 2 ? { ...entry, actor: 'user:eve' } : entry
      },
    }
    const broken = await report(nistCsf, { ledger: edited })
    expect(broken.ledger).toMatchObject({ verified: 1, first_bad: 2 })
    const records = broken.controls.find(each => each.id === 'RS.AN-06')?.evidence
    expect(records?.find(each => each.name === 'ledger-verified')?.count).toBe(0)
  })

  it('gives the same bytes again, and other bytes when a record was added', async () => {
    const key = newKey()
    for (const format of reportFormats) {
      const [first, second] = [await report(nistCsf), await report(nistCsf)]
      expect(await renderReport(first, format, key)).toEqual(await renderReport(second, format, key))
    }
    const before = canonicalJson(await report(nistCsf))
    await open.database.query(
      `insert into notes (tenant_id, id, case_id, at_ms, by_id, text) values ('default', 'n1', 'case_1', $1, 'user_1', 'x')`,
      [inside],
    )
    expect(canonicalJson(await report(nistCsf))).not.toBe(before)
  })

  it('is signed: a changed byte shows, in every format', async () => {
    const key = newKey()
    const publicKey = createPublicKey(key)
    for (const format of reportFormats) {
      const { bytes, signature } = await renderReport(await report(nistCsf), format, key)
      expect(documentIsSigned(bytes, signature, publicKey)).toBe(true)
      const forged = Buffer.from(bytes)
      forged.writeUInt8((forged[forged.length >> 1] ?? 0) ^ 1, forged.length >> 1)
      expect(documentIsSigned(forged, signature, publicKey)).toBe(false)
    }
    const { signature, ...statement } = JSON.parse(
      String((await renderReport(await report(nistCsf), 'json', key)).bytes),
    )
    expect(documentIsSigned(canonicalJson(statement), signature, publicKey)).toBe(true)
  })

  it('OSCAL keeps to the members, datatypes and formats of its assessment results', async () => {
    for (const framework of frameworks) {
      const { bytes } = await renderReport(await report(framework), 'oscal', newKey())
      const made = JSON.parse(String(bytes))
      const { controls, ids } = readOscal(made)
      expect(new Set(controls).size).toBe(framework.controls.length)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toHaveLength(framework.controls.length + 2)
      // The form itself refuses what OSCAL refuses.
      const { metadata: _metadata, ...rest } = made['assessment-results']
      expect(() => readOscal({ 'assessment-results': rest })).toThrow(/metadata/)
      const random = { ...made['assessment-results'], uuid: '00000000-0000-8000-8000-000000000000' }
      expect(() => readOscal({ 'assessment-results': random })).toThrow(/uuid/)
    }
  })

  it('HTML shows a tenant name as text', async () => {
    const hostile = await report(nistCsf, { tenant: '<img src=x onerror=alert(1)>' })
    const { bytes } = await renderReport(hostile, 'html', newKey())
    expect(bytes.toString()).not.toContain('<img')
  })

  it('PDF holds every control with its status, on numbered pages', async () => {
    for (const framework of frameworks) {
      const made = await report(framework)
      const { bytes } = await renderReport(made, 'pdf', newKey())
      const { text, problems } = await readPdf(bytes)
      expect(problems).toEqual([])
      const words = text.replaceAll(/\s+/g, ' ')
      for (const { id, status } of made.controls) {
        expect(words).toContain(id)
        expect(words).toContain(`Status: ${status}.`)
      }
      expect(words).toMatch(/page 1 of \d+/)
    }
  })
})

describe('the mappings', () => {
  it('name each control once, and never say met', () => {
    for (const { controls } of frameworks) {
      expect(new Set(controls.map(each => each.id)).size).toBe(controls.length)
      const everything = new Map(
        controls.flatMap(each => each.evidence.map(name => [name, { count: 9, latestMs: null }] as const)),
      )
      const statuses = controls.map(each => judgeControl(each, everything).status)
      expect(statuses.filter(status => !['evidence', 'no evidence'].includes(status))).toEqual([])
    }
  })
})

describe('the whole list', () => {
  // How many each framework has in each of its parts, as counted in its own publication.
  const parts: readonly (readonly [string, RegExp, Readonly<Record<string, number>>])[] = [
    ['nist-csf-2.0', /^[A-Z]+/, { GV: 31, ID: 21, PR: 22, DE: 11, RS: 13, RC: 8 }],
    ['iso-27001-2022', /^A\.\d+/, { 'A.5': 37, 'A.6': 8, 'A.7': 14, 'A.8': 34 }],
    [
      'cis-controls-8.1',
      /^\d+/,
      {
        ...{ 1: 5, 2: 7, 3: 14, 4: 12, 5: 6, 6: 8, 7: 7, 8: 12, 9: 7 },
        ...{ 10: 7, 11: 5, 12: 8, 13: 11, 14: 9, 15: 7, 16: 14, 17: 9, 18: 5 },
      },
    ],
    ['nist-ai-rmf-1.0', /^[A-Z]+/, { GOVERN: 19, MAP: 18, MEASURE: 22, MANAGE: 13, AI: 12 }],
    ['owasp-llm-2025', /^LLM/, { LLM: 10 }],
    ['owasp-agentic-2026', /^ASI/, { ASI: 10 }],
    ['mitre-atlas', /^AML/, { AML: 40 }],
    ['soc-2', /^[A-Z]+/, { CC: 33, A: 3, C: 2, PI: 5, P: 18 }],
    ['eu-ai-act-12-14', /^Article \d+/, { 'Article 12': 5, 'Article 14': 9 }],
    ['gdpr', /^Art\. 5\(|^Art\./, { 'Art. 5(': 7, 'Art.': 45 }],
    ['nis2', /^Art\. \d+/, { 'Art. 20': 1, 'Art. 21': 10, 'Art. 23': 1 }],
  ]

  it('is counted for every framework', () => {
    expect(parts.map(([id]) => id).sort()).toEqual(frameworks.map(({ id }) => id).sort())
  })

  it.each(parts)(
    '%s has every identifier once, in its order, each with a subject and an owner',
    (id, part, counts) => {
      const framework = frameworkOf(id)
      const ids = framework?.controls.map(control => control.id) ?? []
      expect(ids).toEqual(framework?.identifiers.all)
      expect(new Set(ids).size).toBe(ids.length)
      const found: Record<string, number> = {}
      for (const each of ids) {
        const name = part.exec(each)?.[0] ?? 'none'
        found[name] = (found[name] ?? 0) + 1
      }
      expect(found).toEqual(counts)
      const bare = framework?.controls.filter(({ topic, owner, beyond }) => !topic || !owner || !beyond)
      expect(bare).toEqual([])
    },
  )

  it('without any kind of record stays at no evidence, whatever there is', () => {
    const controls = frameworks.flatMap(each => each.controls)
    const names = new Set(controls.flatMap(({ evidence }) => evidence))
    const everything = new Map([...names].map(name => [name, { count: 9, latestMs: null }] as const))
    const unseen = controls.filter(({ evidence }) => evidence.length === 0)
    expect(unseen.length).toBeGreaterThan(200)
    for (const control of unseen)
      expect(judgeControl(control, everything)).toMatchObject({ status: 'no evidence', addressed: false })
  })

  it('is mapped as far as the README says', async () => {
    const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
    for (const id of ['nist-csf-2.0', 'iso-27001-2022', 'cis-controls-8.1']) {
      const framework = frameworkOf(id)
      const coverage = framework && coverageOf(framework)
      expect(readme).toContain(`${coverage?.mapped} of ${coverage?.of}`)
    }
  })

  it('is in every report, and what is not addressed says so', async () => {
    const made = await report(nistCsf)
    expect(made.coverage.not_mapped).toContain('PR.IR-01')
    expect(made.controls.find(({ id }) => id === 'PR.IR-01')?.gaps).toEqual([
      'Not addressed here; to be shown by other means: all of it.',
    ])
    for (const format of ['html', 'oscal', 'json'] as const) {
      const text = String((await renderReport(made, format, newKey())).bytes)
      for (const id of nistCsf.identifiers.all)
        expect([format, text]).toEqual([format, expect.stringContaining(id)])
      expect([format, text]).toEqual([format, expect.stringContaining('Not addressed here')])
    }
  })
})

describe('what an organisation states itself', () => {
  const nowMs = Date.parse('2026-03-20T12:00:00Z')
  const said = {
    owner: 'Head of facilities',
    gap: 'The annex has no fence.',
    statement: 'Doors open by badge, reviewed each quarter.',
    reference: 'FAC-7',
    expires: '2026-03-31',
  }
  const keep = (content: typeof said, before: number, control = 'PR.AA-06') => {
    const parts = { database: open.database, clock: { ...systemClock, now: () => nowMs }, ids: randomIds() }
    return keepStatement(parts, 'default', { framework: 'nist-csf-2.0', control, before }, content, 'user_1')
  }

  it('stands apart, by name and until a day, and changes no status', async () => {
    // Writing one is an entry of the ledger; so is writing another.
    await keep(said, 0, 'PR.IR-02')
    const before = await report(nistCsf)
    expect(before.controls.find(({ id }) => id === 'PR.PS-01')?.status).toBe('no evidence')
    await keep(said, 0)
    const after = await report(nistCsf)
    expect(after.summary).toEqual(before.summary)
    const stated = after.controls.find(({ id }) => id === 'PR.AA-06')
    expect(stated).toMatchObject({
      status: 'no evidence',
      owner: 'Head of facilities',
      own: { ...said, by: 'Ann', in_force: true, version: 1 },
    })
    expect(after.own_statements).toEqual({ in_force: 2, expired: 0 })
    for (const format of ['html', 'json', 'oscal'] as const)
      expect(String((await renderReport(after, format, newKey())).bytes)).toContain(said.statement)
    const { text } = await readPdf((await renderReport(after, 'pdf', newKey())).bytes)
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'Stated by Ann on 2026-03-20, holds until 2026-03-31, not checked by Tocsin: Doors open by badge',
    )
    const { bytes } = await renderReport(after, 'oscal', newKey())
    expect(readOscal(JSON.parse(String(bytes))).ids).toHaveLength(nistCsf.controls.length + 4)
  })

  it('expires, is not of other tenants, and a later version leaves earlier periods as they were', async () => {
    const march = canonicalJson(await report(nistCsf))
    const later = await complianceReport(sources, nistCsf, reportPeriod('2026-04-01', '2026-04-30'), signal)
    expect(later.own_statements).toEqual({ in_force: 0, expired: 2 })
    expect((await report(nistCsf, { tenant: 'other' })).own_statements).toEqual({ in_force: 0, expired: 0 })
    const february = reportPeriod('2026-02-01', '2026-02-28')
    expect((await complianceReport(sources, nistCsf, february, signal)).own_statements.in_force).toBe(0)
    expect(canonicalJson(await report(nistCsf))).toBe(march)
  })

  it.each([
    [{ ...said, expires: '' }, 'PR.AA-06'],
    [{ ...said, expires: '2026-03-19' }, 'PR.AA-06'],
    [{ ...said, expires: '2028-01-01' }, 'PR.AA-06'],
    [{ ...said, expires: 'soon' }, 'PR.AA-06'],
    [said, 'PR.AA-99'],
  ])('is refused: %o of %s', async (content, control) => {
    await expect(keep(content, control === 'PR.AA-06' ? 1 : 0, control)).rejects.toMatchObject({
      code: 'bad-request',
    })
  })

  it('is not overwritten by who did not read the last version', async () => {
    await expect(keep(said, 0)).rejects.toMatchObject({ code: 'conflict' })
  })
})
