import { describe, expect, it } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { signalsOf } from './assess-alert.ts'

/** A line of an access log, under the rule that Wazuh gives it. */
const request = (
  [rule, level, description, group]: readonly [string, number, string, string],
  url: string,
  status: string,
  { srcip = '192.0.2.66', agent = 'Mozilla/5.0' } = {},
): AlertParts => ({
  rule: [rule, level, description, ['web', 'accesslog', group]],
  data: { srcip, id: status, url, protocol: 'GET' },
  log: `${srcip} - - [18/Nov/2026:13:20:00 +0000] "GET ${url} HTTP/1.1" ${status} 900 "-" "${agent}"`,
})
const sql = ['31164', 6, 'SQL injection attempt.', 'sqlinjection'] as const
const script = ['31105', 6, 'XSS (Cross Site Scripting) attempt.', 'attack'] as const
const error = ['31101', 5, 'Web server 400 error code.', 'attack'] as const
const many = ['31151', 10, 'Multiple web server 400 error codes from same source ip.', 'web_scan'] as const

describe('what a request asks for', () => {
  check('an injection that the server answered', 'person', request(sql, "/i?id=1' union select 1,2--", '200'))
  check(
    'the same in percent signs twice',
    'person',
    request(sql, '/i?id=1%2527%2520union%2520select%25201', '200'),
  )
  check('an article about unions and selections', 'noise', request(sql, '/wiki/How_to_select_a_union', '200'))
  check('a script of the page itself', 'noise', request(script, '/static/script.js?onload=1', '304'))
  check(
    'a script tag that the server answered',
    'person',
    request(script, '/c?b=%3Cscript%3Ex()%3C/script%3E', '200'),
  )
  check(
    'words of the rule in marks that no page needs',
    'person',
    request(script, '/c?b=x%22onerror%3Dfetch(1)', '200'),
  )
  check('a search engine asks for an old page', 'noise', {
    ...request(error, '/old/page.html', '404', { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }),
  })
  check(
    'monitoring without a password',
    'noise',
    request(error, '/healthz', '401', { agent: 'Prometheus/2.53.0' }),
  )
  check('many missing pictures of one page', 'noise', request(many, '/img/old.png', '404'))
  check('a scanner that calls itself Googlebot', 'person', {
    ...request(many, '/.git/config', '404', { agent: 'Googlebot/2.1' }),
  })

  it('what was decoded is told, with the words that stand in the log', () => {
    const url = '/i?id=1%2527%2520union%2520select%25201'
    const found = signalsOf(wazuhAlert(request(sql, url, '200'))).find(({ id }) => id === 'injection-request')
    expect(found).toMatchObject({ quote: url, decoded: 'union select' })
  })
  it('a harmless word does not hide an attack beside it', () => {
    const ids = signalsOf(wazuhAlert(request(sql, '/img/x.png?id=../../etc/passwd', '404'))).map(
      ({ id }) => id,
    )
    expect(ids).not.toContain('static-file')
    expect(ids).not.toContain('plain-request')
  })
  it('stays quick on long addresses', () => {
    for (const part of ['../', '%2', 'a/', 'select', '..'])
      signalsOf(wazuhAlert(request(sql, part.repeat(20_000), '200')))
  })
})
