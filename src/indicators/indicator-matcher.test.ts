import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IndicatorType } from '../domain/indicator.ts'
import { IndicatorMatcher } from './indicator-matcher.ts'

const matched = (indicators: readonly [IndicatorType, string][], text: string) => {
  const matcher = new IndicatorMatcher(indicators.map(([type, value]) => ({ type, value })))
  return matcher.match(text).map(({ number }) => indicators[number]?.[1])
}

describe('what matches', () => {
  it.each<[IndicatorType, string, string]>([
    ['ipv4', '203.0.113.9', '{"srcip":"203.0.113.9"}'],
    ['ipv4', '203.0.113.9', 'http://203.0.113.9:8080/x'],
    ['ipv6', '2001:db8::1', 'from [2001:0db8:0:0::1] port 22'],
    ['cidr', '198.51.100.0/24', 'src=198.51.100.77,'],
    ['cidr', '2001:db8::/32', 'to 2001:db8:1::5.'],
    ['domain', 'evil.example', 'GET http://a.b.Evil.example:8080/x?y'],
    ['domain', 'evil.example', 'query evil.example.'],
    ['domain', 'evil.example', 'host:evil.example url=http://evil.example/?a=b.c'],
    ['url', 'http://evil.example/a', 'url=http://evil.example/a?b=c'],
    ['domain', 'evil.example', 'mail from x@mail.evil.example'],
    ['email', 'Eve@evil.example', '<eve@evil.example>'],
    ['url', 'https://evil.example/kit', 'http://EVIL.example/kit/login.php?x=1'],
    ['url', 'https://evil.example/kit/', 'https://evil.example/kit/a'],
    ['url', 'http://evil.example:8080/a', '"url":"evil.example:8080/a?q=1"'],
    ['url', 'http://evil.example/a?b=1', 'http://evil.example/a?b=1&c=2'],
    ['cve', 'CVE-2024-1234', '"cve":"cve-2024-1234",'],
    ['sha256', 'a'.repeat(64), `"sha256_after":"${'A'.repeat(64)}"`],
    ['md5', '9e107d9d372bb6826bd81d3542a419d6', 'Hashes: MD5=9e107d9d372bb6826bd81d3542a419d6,SHA1=x'],
  ])('%s %s in %s', (type, value, text) => expect(matched([[type, value]], text)).toEqual([value]))

  it.each<[IndicatorType, string, string]>([
    ['ipv4', '203.0.113.9', '1203.0.113.9 203.0.113.99 203.0.113.9.1'],
    ['cidr', '198.51.100.0/24', '198.51.101.1'],
    ['domain', 'evil.example', 'notevil.example evil.example.org evil.examples'],
    [
      'url',
      'https://evil.example/kit',
      'https://evil.example/kitten https://evil.example/KIT https://evil.example/',
    ],
    ['sha1', 'b'.repeat(40), 'b'.repeat(41)],
    ['email', 'eve@evil.example', 'steve@evil.example'],
  ])('%s %s not in %s', (type, value, text) => expect(matched([[type, value]], text)).toEqual([]))

  it('says where, and each indicator once', () => {
    const matcher = new IndicatorMatcher([{ type: 'domain', value: 'evil.example' }])
    expect(matcher.match('see www.evil.example and evil.example')).toEqual([{ number: 0, start: 8, end: 20 }])
  })
})

it('agrees with a naive reading of the semantics on random hosts', () => {
  const label = fc.constantFrom('a', 'b', 'evil', 'x1')
  const host = fc.array(label, { minLength: 2, maxLength: 5 }).map(labels => labels.join('.'))
  fc.assert(
    fc.property(fc.array(host, { maxLength: 8 }), fc.array(host, { maxLength: 8 }), (known, hosts) => {
      const text = hosts.map(name => `"host":"${name}",`).join(' ')
      const expected = new Set(
        known.filter(name => hosts.some(seen => seen === name || seen.endsWith(`.${name}`))),
      )
      const found = matched(
        [...new Set(known)].map(value => ['domain', value] as const).map(([type, value]) => [type, value]),
        text,
      )
      expect(new Set(found)).toEqual(expected)
    }),
    { seed: 6 },
  )
})
