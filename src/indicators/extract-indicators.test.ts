import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IndicatorType } from '../domain/indicator.ts'
import { extractIndicators } from './extract-indicators.ts'

const found = (text: string) =>
  extractIndicators(text).indicators.map(({ type, value }) => `${type} ${value}`)

/** Every indicator of one type in a text. */
const only = (type: IndicatorType, text: string) =>
  extractIndicators(text)
    .indicators.filter(indicator => indicator.type === type)
    .map(({ value }) => value)

describe('refanging', () => {
  it.each([
    'hxxps://login.evil-site.com/a.php',
    'hXXps://login[.]evil-site[.]com/a[.]php',
    'hxxps[:]//login[.]evil-site[.]com/a.php',
    'hxxps[://]login[.]evil-site[.]com/a.php',
    'https[://]login.evil-site.com/a.php',
    'h**ps://login(.)evil-site(.)com/a.php',
    'https:\\\\login.evil-site.com/a.php',
    'https__login[.]evil-site[.]com/a.php',
    'https:__login[.]evil-site[.]com/a.php',
    'hxxps:///login[.]evil-site[.]com/a.php',
    'hxxps://login{.}evil-site{.}com/a.php',
    'hxxps://login[dot]evil-site[dot]com/a.php',
    'hxxps://login [.] evil-site [.] com/a.php',
    'hxxps://login[.evil-site.]com/a.php',
    'hxxps://login\\.evil-site\\.com/a.php',
    'hxxps://login[.]evil-site[.]com[/]a.php',
    'h\u200bttps://login\u200b.evil-site\u2024com/a.php',
    'aHR0cHM6Ly9sb2dpbi5ldmlsLXNpdGUuY29tL2EucGhw',
    'https%3A%2F%2Flogin.evil-site.com%2Fa.php',
  ])('%s', text => {
    for (const wrapped of [text, `see ${text} .`, `"${text}"`, `(${text})`, `${text},\n`])
      expect(only('url', wrapped)).toEqual(['https://login.evil-site.com/a.php'])
  })

  it.each([
    '198.51.100[.]7',
    '198[.]51[.]100[.]7',
    '198.51.100[.7',
    '198(.)51(.)100(.)7',
    '198[,]51[,]100[,]7',
    '198.51.100[dot]7',
    '198\\.51\\.100\\.7',
    '[198.51.100[.]7]',
  ])('an address as %s', text => expect(only('ipv4', `C2 at ${text}:8080 seen`)).toEqual(['198.51.100.7']))

  it.each([
    'eve@mail.evil-site.com',
    'eve[@]mail[.]evil-site[.]com',
    'eve[at]mail[.]evil-site[.]com',
    'eve at mail dot evil-site dot com',
    'eve at mail[.]evil-site[.]com',
    'eve AT mail DOT evil-site DOT com',
    'eve { at } mail.evil-site.com',
  ])('a mailbox as %s', text => expect(only('email', `from ${text}\n`)).toEqual(['eve@mail.evil-site.com']))

  it('leaves prose alone', () => {
    const prose =
      'Look at example dot notation. The array[.]length (e.g. foo) and the dot in it, done.Then stop [1].'
    expect(found(prose)).toEqual([])
  })

  it('says whether the text defanged, and keeps code-point offsets of the original', () => {
    const text = '😀 plain.example.com then 😀 bad[.]example[.]org'
    expect(
      extractIndicators(text).indicators.map(({ value, defanged, offset }) => ({ value, defanged, offset })),
    ).toEqual([
      { value: 'plain.example.com', defanged: false, offset: 2 },
      { value: 'bad.example.org', defanged: true, offset: 27 },
    ])
  })
})

describe('kinds of indicator', () => {
  it.each<[IndicatorType, string, string[]]>([
    ['cidr', 'blocks 203.0.113.0/24 and 2001:db8::/32', ['203.0.113.0/24', '2001:db8::/32']],
    ['ipv6', 'at 2001:db8::8a2e:370:7334, 10:30:45 today', ['2001:db8::8a2e:370:7334']],
    ['md5', 'MD5:9e107d9d372bb6826bd81d3542a419d6words', ['9e107d9d372bb6826bd81d3542a419d6']],
    ['sha1', '2FD4E1C67A2D28FCED849EE1BB76E7391B93EB12', ['2fd4e1c67a2d28fced849ee1bb76e7391b93eb12']],
    ['cve', 'cve-2024-12345, CVE 2021 and CVE–2021–44228', ['CVE-2024-12345', 'CVE-2021-44228']],
    ['cwe', 'CWE-079', ['CWE-79']],
    ['asn', 'hosted in AS64500 (asn 64501), as 2014 went, AS64502foo', ['ASN64500', 'ASN64501']],
    ['mutex', 'the mutex "Global\\" + id is made', []],
    [
      'domain',
      'fetches hxxp://evil.example.org/2026%20tax_form.zip, part_1.data and _dmarc.example.net',
      ['evil.example.org', '_dmarc.example.net'],
    ],
    ['mutex', 'creates the mutex named "Global\\BadThing-1". A mutex is created.', ['Global\\BadThing-1']],
    [
      'crypto',
      'pay 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 not 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3',
      ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
    ],
    [
      'registry',
      'set HKCU\\Software\\Microsoft\\Windows NT\\Run to it',
      ['HKCU\\Software\\Microsoft\\Windows NT\\Run'],
    ],
    ['registry', '<HKLM>\\SOFTWARE\\Bad', ['HKLM\\SOFTWARE\\Bad']],
    ['path', 'runs C:\\Users\\[user]\\App Data\\x.dll now', ['C:\\Users\\[user]\\App Data\\x.dll']],
    [
      'path',
      'drops %APPDATA%\\bad\\run.exe and /tmp/.x/kworker',
      ['%APPDATA%\\bad\\run.exe', '/tmp/.x/kworker'],
    ],
    [
      'user_agent',
      'UA Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/115.0',
      ['Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/115.0'],
    ],
    [
      'domain',
      'to https://a.example.org/?next=http%3A%2F%2Fb.example.net',
      ['a.example.org', 'b.example.net'],
    ],
  ])('%s in %s', (type, text, values) => expect(only(type, text)).toEqual(values))

  it('cuts a URL where the sentence, the string or the row goes on', () => {
    expect(
      only(
        'url',
        "x('https://a.example.com/p.ps1');g (https://b.example.com/q), http://c.example.com/r,False",
      ),
    ).toEqual(['https://a.example.com/p.ps1', 'https://b.example.com/q', 'http://c.example.com/r'])
  })
})

describe('what is dropped, and why', () => {
  const report = `Analysis of a campaign. ${'It went on for a while. '.repeat(20)}
    C2: bad-one[.]com bad-two[.]net 203.0.113.9 bad-three[.]org`
  const reasonFor = (value: string, text: string, options = {}) =>
    extractIndicators(text, options).dropped.find(item => item.value === value)?.reason

  it('versions, other digests, empty files, programs', () => {
    expect(reasonFor('10.0.19041.1', 'Windows version 10.0.19041.1')).toBeUndefined()
    expect(reasonFor('4.2.0.1', 'fixed in version 4.2.0.1')).toMatch(/version/)
    expect(
      reasonFor('18ddf28a71089acdbab5038f58044c0a', 'imphash: 18ddf28a71089acdbab5038f58044c0a'),
    ).toMatch(/import/)
    expect(reasonFor('d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e')).toMatch(/empty/)
    expect(reasonFor('invoice.zip', 'opens invoice.zip')).toMatch(/file/)
    expect(found('opens invoice[.]zip')).toEqual(['domain invoice.zip'])
  })

  it('bait in a report: resolvers, private addresses, our domains, links to vendors, the own site', () => {
    const text = `${report} 8.8.8[.]8 192.168.1.5 intranet.ours.example https://github.com/x https://blog.press.com/y`
    const options = { ownDomains: ['ours.example'], publisher: 'press.com' }
    expect(reasonFor('8.8.8.8', text, options)).toMatch(/resolver/)
    expect(reasonFor('192.168.1.5', text, options)).toMatch(/private/)
    expect(reasonFor('https://github.com/x', text, options)).toMatch(/well-known/)
    expect(reasonFor('https://blog.press.com/y', text, options)).toMatch(/own site/)
    expect(found(report)).toContain('domain bad-one.com')
  })

  it('our own domain, also when the report defangs it', () => {
    expect(reasonFor('mail.ours.com', 'C2 is mail.ours[.]com', { ownDomains: ['ours.com'] })).toMatch(
      /our own/,
    )
  })

  it('keeps a private address that a short note is about', () => {
    expect(found('look at 192.168.0.7')).toEqual(['ipv4 192.168.0.7'])
  })
})

describe('roles', () => {
  it.each([
    ['C2 SERVERS:\n\n- evil-c2[.]com', 'command-and-control'],
    ['The loader downloads hxxp://evil-c2[.]com/x', 'delivery'],
    ['Data is exfiltrated to evil-c2[.]com', 'exfiltration'],
    ['It is evil-c2[.]com', 'unknown'],
  ])('%s', (text, role) => {
    expect(extractIndicators(text).indicators.find(({ type }) => type === 'domain')?.role).toBe(role)
  })
})

describe('hostile text', () => {
  it('never throws, and every offset is inside the text', () => {
    const pieces = fc.constantFrom(
      'hxxp',
      '://',
      '[.]',
      'a',
      '.',
      'com',
      '@',
      '[',
      ']',
      '(',
      '/',
      '\\',
      ' ',
      '1',
      ':',
      'at',
      '😀',
      '\n',
      '%2F',
      'HKLM',
      'C:',
      "'",
      'dot',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
        const text = parts.join('')
        const length = [...text].length
        for (const { offset, value } of extractIndicators(text).indicators) {
          expect(offset).toBeGreaterThanOrEqual(0)
          expect(offset).toBeLessThan(length)
          expect(value).not.toBe('')
        }
      }),
      { numRuns: 500, seed: 6 },
    )
  })

  it('reads long runs of every special character in linear time', () => {
    // A quadratic pattern would take minutes here, far past the test's own limit.
    for (const unit of [
      'a',
      '.',
      'a.',
      '[',
      'a[.]',
      '@',
      '/',
      '\\',
      'C:\\a ',
      'HKLM\\a ',
      'Mozilla/5.0 (',
      'http://',
      '1:',
      '1.',
      ' ',
      'a at ',
      '(',
      'é.',
      'a.com\n',
    ])
      extractIndicators(unit.repeat(Math.ceil(100_000 / unit.length)))
  })
})
