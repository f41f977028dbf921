import { expect, it } from 'vitest'
import type { ManagerLogtest } from '../domain/rule-deployment.ts'
import { compareWithManager } from './compare-with-manager.ts'

it('reports where the manager and our engine differ', async () => {
  const files = {
    decoders: [],
    rules: [
      {
        name: 'r.xml',
        text: '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule><rule id="100001" level="5"><match>bad</match><description>d</description></rule></group>',
      },
    ],
    lists: [],
  }
  const manager: ManagerLogtest = async logs =>
    logs.map(log => ({
      ruleId: log === 'bad' ? '100001' : '1002',
      level: 5,
      decoder: undefined,
      alert: true,
    }))
  const found = await compareWithManager(
    ['bad', 'fine'],
    'x',
    files,
    manager,
    0,
    new AbortController().signal,
  )
  expect(found).toEqual([
    { log: 'fine', part: 'rule', ours: 'none', manager: '1002' },
    { log: 'fine', part: 'level', ours: 'none', manager: '5' },
  ])
})
