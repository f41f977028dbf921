import { describe, expect, it } from 'vitest'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { PastEvent } from './prove-draft.ts'
import { tuneException } from './tune-exception.ts'

const base: RulesetFiles = {
  decoders: [
    {
      name: 'd.xml',
      text: '<decoder name="app"><program_name>^app$</program_name></decoder><decoder name="f"><parent>app</parent><regex>user=(\\S+) ip=(\\S+) job=(\\S+)</regex><order>srcuser, srcip, job</order></decoder>',
    },
  ],
  rules: [
    {
      name: 'r.xml',
      text: '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule><rule id="100000" level="5"><decoded_as>app</decoded_as><description>app</description></rule></group>',
    },
  ],
  lists: [],
}

const event = (source: string, user: string, ip: string, job: string, verdict?: string): PastEvent => ({
  source,
  atSeconds: 1_700_000_000,
  origin: { agent: undefined, location: 'x' },
  content: `Feb 10 23:21:05 web1 app[1]: user=${user} ip=${ip} job=${job}`,
  verdict,
})

describe('tuning a noisy rule', () => {
  it('finds what the noise has in common and measures the exception', () => {
    const past = [
      event('1', 'backup', '10.0.0.1', 'a.b(c)', 'false_positive'),
      event('2', 'backup', '10.0.0.2', 'a.b(c)', 'benign_true_positive'),
      event('3', 'backup', '10.0.0.3', 'a.b(c)', 'false_positive'),
      event('4', 'backup', '10.0.0.4', 'other', 'true_positive'),
      event('5', 'eve', '10.0.0.4', 'other'),
    ]
    const tuned = tuneException(100000, 100900, past, base)
    expect(tuned).toMatchObject({
      conditions: [{ field: 'job', value: 'a.b(c)' }],
      quieted: 3,
      left: 0,
      hidden: 0,
    })
    expect(tuned?.text).toContain('<if_sid>100000</if_sid>')
  })

  it('proposes nothing that would hide an attack or an alert that nobody judged', () => {
    const noisy = ['1', '2', '3'].map(source => event(source, 'backup', '10.0.0.1', 'a', 'false_positive'))
    expect(
      tuneException(100000, 100900, [...noisy, event('4', 'backup', '10.0.0.1', 'a', 'true_positive')], base),
    ).toBeUndefined()
    expect(
      tuneException(100000, 100900, [...noisy, event('4', 'backup', '10.0.0.1', 'a')], base),
    ).toBeUndefined()
  })

  it('takes two examples for chance', () => {
    const past = [
      event('1', 'a', '10.0.0.1', 'x', 'false_positive'),
      event('2', 'a', '10.0.0.1', 'x', 'false_positive'),
    ]
    expect(tuneException(100000, 100900, past, base)).toBeUndefined()
  })
})
