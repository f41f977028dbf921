import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RespondBench, respondBench } from '../../test/support/respond-bench.ts'
import { addPack, switchPack } from '../file-scan/packs.ts'
import { openScanner } from '../file-scan/scanner.ts'
import { loadCaseContext } from '../investigate/load-case-context.ts'
import { caseBriefQuestion } from '../investigate/model-brief.ts'
import { collectEvidence } from './collect-evidence.ts'

const sha256 = 'd'.repeat(64)
const scanner = openScanner()
let bench: RespondBench
beforeAll(async () => {
  bench = await respondBench()
})
afterAll(async () => {
  scanner.close()
  await bench.close()
})

const match = (host: string, id: string) => ({
  id,
  host,
  rule: ['100921', 12, 'YARA rule web_shell matches /srv/x.php', ['tocsin', 'yara']] as const,
  data: {
    tocsin: {
      event: 'yara_match',
      rule: 'web_shell',
      tags: 'php',
      strings: '$m,$eval',
      path: '/srv/x.php',
      sha256,
      size: '55',
      trigger: 'data',
    },
  },
})

it('a match gets what the rule pack says, ATT&CK, the file and on how many hosts it was seen; a model is asked about just that', async () => {
  const ports = { ...bench.server.accounts, scanner }
  const source =
    'rule web_shell : php { meta: description = "PHP that runs what is posted to it" mitre = "T1505.003" strings: $m = "x" condition: $m }'
  expect(await addPack(ports, 'default', { name: 'shells', source, by: 'ana' })).toMatchObject({ version: 1 })
  await switchPack(ports, 'default', { name: 'shells', version: 1, state: 'active', by: 'ana' })
  await bench.caseOf([match('db-02', '1770000000.21')])
  const caseId = await bench.caseOf([match('web-01', '1770000000.22')])
  const { database, clock } = bench.server.accounts
  const context = await loadCaseContext(database, 'default', caseId, async () => [], clock.now())
  if (context === undefined) throw new Error('no context')
  const evidence = collectEvidence(context)
  const quotes = (kind: string) => evidence.filter(item => item.kind === kind).map(item => item.quote)
  expect(quotes('yara-match').at(-1)).toContain('/srv/x.php on web-01; strings $m,$eval; tags php; 55 bytes')
  expect(quotes('yara-match').at(-1)).toContain('scanned because it was run')
  expect(evidence.find(item => item.kind === 'yara-match')?.trust).toBe('attacker-controlled')
  expect(quotes('yara-rule')).toEqual([
    'web_shell (tags php): description = PHP that runs what is posted to it; mitre = T1505.003',
  ])
  expect(quotes('technique').join()).toContain('Web Shell')
  expect(quotes('file-prevalence')[0]).toContain('2 hosts (db-02, web-01)')
  const question = caseBriefQuestion({ tenant: 'default', caseId }, evidence)
  expect(question.task).toBe('yara-enrichment')
  expect(question.instructions).toContain('containment steps')
  expect(question.evidence.map(item => item.kind)).toEqual(
    expect.arrayContaining(['yara-match', 'yara-rule', 'file-prevalence']),
  )
})
