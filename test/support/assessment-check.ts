import { expect, it } from 'vitest'
import { assessCase } from '../../src/assess/assess-case.ts'
import { type AlertParts, wazuhAlert } from './wazuh-alert.ts'

type Expected = 'person' | 'noise'

/** One alert by itself: does it need a person? */
export function check(name: string, expected: Expected, parts: AlertParts): void {
  it(`${expected}: ${name}`, () => {
    const [assessment] = assessCase([wazuhAlert(parts)])
    const told = assessment?.signals.map(signal => `${signal.id} ${signal.weight.toFixed(1)}`).join(', ')
    expect(assessment?.probability, told)[expected === 'person' ? 'toBeGreaterThanOrEqual' : 'toBeLessThan'](
      0.5,
    )
  })
}
