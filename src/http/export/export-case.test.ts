import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { alertOf, type CaseServer, openCaseServer } from '../../../test/support/case-server.ts'
import type { Person, TestServer } from '../../../test/support/test-server.ts'
import type { Brief } from '../../domain/brief.ts'
import { readPdf } from '../../intel/read-pdf.ts'
import { insertModelBrief } from '../../store/briefs.ts'
import type { CaseDetail } from '../contract-cases.ts'
import { caseMarkdown } from './case-markdown.ts'
import { casePdf } from './case-pdf.ts'

let server: TestServer
let analyst: Person
let take: CaseServer['take']
let detail: CaseServer['detail']
let caseOf: CaseServer['caseOf']

beforeAll(async () => {
  ;({ server, analyst, take, detail, caseOf } = await openCaseServer())
})
afterAll(() => server.close())

describe('an exported case', () => {
  it('says what it leaves out of a long timeline, on the page and in each export', async () => {
    await take([alertOf('flood-01', 5, 90)])
    const { id } = await caseOf('flood-01')
    // As a flood leaves it: two rules in turn, so that no two alerts are one line.
    const { database } = server.accounts
    await database.query(
      `insert into alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id, level,
         description, agent_id, agent_name, location, techniques, raw)
       select tenant_id, 'more' || n, id, case_id, why, source, generation, timestamp_ms + n, received_ms,
         case when n % 2 = 0 then rule_id else '1' end, level, description, agent_id, agent_name, location, techniques, raw
       from alerts, generate_series(1, 8000) as n where case_id = $1`,
      [id],
    )
    await database.query('update cases set alert_count = 8001 where id = $1', [id])
    const { timeline, timelineGap } = await detail(id)
    expect([timeline.length, timelineGap]).toEqual([500, { after: 250, alerts: 7501 }])
    const exported = async (format: string) =>
      await analyst.call('GET', `/api/cases/${id}/export?format=${format}`)
    expect((await exported('markdown')).body).toContain('| … | … | 7501 | | | | left out here |')
    expect((await exported('json')).json()).toMatchObject({ timelineGap: { alerts: 7501 } })
    expect((await readPdf((await exported('pdf')).rawPayload)).text).toContain('7,801 alerts left out here')
    await database.query(`delete from alerts where key like 'more%'`)
  })

  it('is exported whole, and hostile text formats nothing', async () => {
    await take([
      alertOf('evil-06', 13, 900, '![x](http://evil/) <script>alert(1)</script> \u001b[31m| a |\r\n# head'),
    ])
    const { id } = await caseOf('evil-06')
    await analyst.call('POST', `/api/cases/${id}/notes`, {
      text: '[link](javascript:alert(1)) Сервер \u202e',
    })
    const markdown = (await analyst.call('GET', `/api/cases/${id}/export?format=markdown`)).body
    expect(markdown).not.toMatch(/(?<!\\)!\[|(?<!\\)<script|\u001b|^# head|(?<!\\)\]\(/m)
    const json = await analyst.call('GET', `/api/cases/${id}/export?format=json`)
    expect(json.json().case.id).toBe(id)
    const pdf = await analyst.call('GET', `/api/cases/${id}/export?format=pdf`)
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.headers['content-disposition']).toBe(`attachment; filename="${id}.pdf"`)
    // An hour later: writers of PDF put the time of writing into a file unless they are told another.
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] })
    const later = await analyst.call('GET', `/api/cases/${id}/export?format=pdf`)
    vi.useRealTimers()
    expect(later.rawPayload.equals(pdf.rawPayload)).toBe(true)
    expect((await readPdf(pdf.rawPayload)).text).toContain('Сервер U+202E')
  })

  it('keeps code in the next steps of Tocsin code in Markdown, in a model’s text; and quotes it on paper', async () => {
    const found = await detail((await caseOf('evil-06')).id)
    const nextSteps = ['Read `ss -tnp <x>` on *web*.']
    const [record] = found.briefs
    if (record === undefined) throw new Error('no brief')
    const told = (origin: Brief['origin']): CaseDetail => ({
      ...found,
      briefs: [{ ...record, brief: { ...record.brief, origin, nextSteps } }],
    })
    const model: Brief['origin'] = {
      kind: 'model',
      model: 'm',
      zone: 'local',
      promptVersion: '1',
      ledgerSeq: 1,
    }
    expect(caseMarkdown(told({ kind: 'computed' }))).toContain('- Read `ss -tnp <x>` on \\*web\\*.\n')
    expect(caseMarkdown(told(model))).toContain('- Read \\`ss -tnp \\<x\\>\\` on \\*web\\*.\n')
    const { text } = await readPdf(await casePdf(told({ kind: 'computed' })))
    expect(text.replace(/\s+/g, ' ')).toContain('Next: Read “ss -tnp <x>” on *web*.')
  })

  it('says in every export what a model claimed without support, and what its brief was made with', async () => {
    const { id, revision } = await caseOf('evil-06')
    const claim = { text: 'It was Emotet.', evidence: [], status: 'not-in-evidence' as const, reasons: [] }
    const made: Brief = {
      origin: { kind: 'model', model: 'm-7', zone: 'local', promptVersion: 'p-3', ledgerSeq: 41 },
      headline: 'The model’s own headline',
      claims: [claim],
      verdict: 'undetermined',
      confidence: 0.5,
      reasons: [],
      techniques: [],
      nextSteps: ['Ask the owner.'],
      unknowns: [],
    }
    const { database, clock } = server.accounts
    await database.transaction(sql =>
      insertModelBrief(
        sql,
        'default',
        { id: 'brief_m', caseId: id, revision, brief: made, evidence: [] },
        clock.now(),
      ),
    )
    const exported = (format: string) => analyst.call('GET', `/api/cases/${id}/export?format=${format}`)
    const markdown = (await exported('markdown')).body
    expect(markdown).toContain('- ~~It was Emotet.~~ (not in evidence)')
    const pages = (await readPdf((await exported('pdf')).rawPayload)).text.replace(/\s+/g, ' ')
    expect(pages).toContain('It was Emotet. [] not in evidence')
    for (const text of [markdown.replaceAll('\\', ''), pages]) {
      expect(text).toContain('Model m-7 (local), prompt p-3, ledger entry 41.')
      expect(text).toContain('Next')
      expect(text).toContain('evil-06')
      expect(text).toContain('No verdict yet.')
    }
    expect((await exported('json')).json().briefs).toContainEqual(
      expect.objectContaining({ brief: expect.objectContaining({ origin: made.origin, claims: [claim] }) }),
    )
  })
})
