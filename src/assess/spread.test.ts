import { expect, it } from 'vitest'
import { wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { spreadSignals } from './spread.ts'

it('sees a spray behind a flood, however long that is', () => {
  const failure = (user: string) =>
    wazuhAlert({
      rule: ['5760', 5, 'sshd: authentication failed.', ['syslog', 'sshd', 'authentication_failed']],
      data: { srcip: '203.0.113.9', dstuser: user },
    })
  const one = failure('bob')
  const flood = Array.from({ length: 150_000 }, () => ({ ...one }))
  const others = ['ann', 'eve', 'joe'].map(failure)
  const found = spreadSignals([...flood, ...others])
  expect(found.size).toBe(flood.length + others.length)
  expect(spreadSignals([...flood, ...others.slice(1)]).size).toBe(0)
})
