import { beforeEach, describe, expect, it } from 'vitest'
import { type ContentManagerStandIn, contentManagerStandIn } from '../../test/support/content-manager.ts'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { openContentManager } from './content-manager.ts'

const signal = new AbortController().signal
const fileName = 'tocsin_encoded_1.yml'
const rule = (value: string) => `# a comment that nobody keeps
title: Encoded command
id: 5f7d1c2e-0000-4000-8000-000000000001
status: experimental
description: An encoded command
logsource: { product: windows, category: process_creation }
detection:
  selection: { process.command_line|contains: '${value}' }
  condition: selection
level: high
`

let standIn: ContentManagerStandIn
let target: RuleDeployment

beforeEach(() => {
  standIn = contentManagerStandIn()
  target = openContentManager(standIn.indexer)
})

async function deploy(text: string): Promise<void> {
  await target.write(fileName, text, signal)
  expect(await target.validate(signal)).toEqual({ ok: true, details: '' })
  await target.restart(signal)
}
const rulesIn = (space: 'draft' | 'test' | 'custom') =>
  [...standIn.spaces[space].values()].filter(({ kind }) => kind === 'rules').map(({ document }) => document)

describe('Sigma rules through the content manager of Wazuh 5', () => {
  it('go from draft over test to custom, and read back as the same rule', async () => {
    expect(await target.read(fileName, signal)).toBeUndefined()
    await deploy(rule(' -enc '))
    expect(rulesIn('custom')).toMatchObject([
      { title: 'Encoded command', sigma_id: '5f7d1c2e-0000-4000-8000-000000000001', level: 'high' },
    ])
    const back = (await target.read(fileName, signal)) ?? ''
    expect(target.isSame?.(back, rule(' -enc '))).toBe(true)
    expect(target.isSame?.(back, rule(' -other '))).toBe(false)
    expect(await target.isHealthy(signal)).toBe(true)
  })

  it('are changed in place, and put back from what was read', async () => {
    await deploy(rule(' -enc '))
    const before = (await target.read(fileName, signal)) ?? ''
    await deploy(rule(' -e '))
    expect(rulesIn('custom')).toHaveLength(1)
    await target.write(fileName, before, signal)
    await target.restart(signal)
    expect(target.isSame?.((await target.read(fileName, signal)) ?? '', rule(' -enc '))).toBe(true)
    await target.remove(fileName, signal)
    await target.restart(signal)
    expect(await target.read(fileName, signal)).toBeUndefined()
    expect(rulesIn('custom')).toEqual([])
  })

  it('never promote what others have in draft', async () => {
    const theirs = standIn.addForeignDraft('Half finished')
    await deploy(rule(' -enc '))
    expect(standIn.spaces.test.has(theirs)).toBe(false)
    expect(standIn.spaces.custom.has(theirs)).toBe(false)
    expect(standIn.spaces.draft.has(theirs)).toBe(true)
  })

  it('say why they were refused, and change nothing that runs', async () => {
    standIn.failInto = 'test'
    await target.write(fileName, rule('x'), signal)
    expect(await target.validate(signal)).toEqual({
      ok: false,
      details: expect.stringContaining('validation failed'),
    })
    expect(rulesIn('custom')).toEqual([])
    const correlation =
      'title: x\ncorrelation: { type: event_count, rules: [a], timespan: 1m, condition: { gte: 2 } }\n'
    await expect(target.write(fileName, correlation, signal)).rejects.toMatchObject({
      code: 'cannot-express',
    })
    await expect(target.write(fileName, `${rule('a')}---\n${rule('b')}`, signal)).rejects.toMatchObject({
      code: 'cannot-express',
    })
  })
})
