import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IndicatorType } from '../domain/indicator.ts'
import { extractIndicators } from './extract-indicators.ts'
import { leastConfidence } from './indicator-decay.ts'

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

  it('what is longer than anything that is looked for', () => {
    const long = `hxxp://bad-one[.]com/${'x'.repeat(2000)}`
    const { indicators, dropped } = extractIndicators(
      `It calls ${long} then hxxp://bad-one[.]com/${'y'.repeat(900)}`,
    )
    expect(indicators.map(({ type, value }) => [type, value.length])).toEqual([
      ['domain', 11],
      ['url', 919],
    ])
    expect(dropped).toEqual([
      { value: `http://bad-one.com/${'x'.repeat(481)}`, reason: 'longer than 1000 bytes' },
    ])
  })

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
    const options = { ownDomains: ['ours.example'], publishers: ['press.com'] }
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

describe('what a value is in its text', () => {
  const filler = 'The campaign went on for some weeks and reached several organisations. '.repeat(3)
  const roleOf = (value: string, text: string, options = {}) =>
    extractIndicators(text, options).indicators.find(each => each.value === value)?.role
  const confidenceOf = (value: string, text: string, options = {}) =>
    extractIndicators(text, options).indicators.find(each => each.value === value)?.confidence ?? 0

  it('its own sentence decides, not the next one', () => {
    const text = `${filler}The mail came from pay@bad-post[.]com. The victim opened it and the server 203.0.113.5 was called home to.`
    expect(roleOf('pay@bad-post.com', text)).toBe('sender')
    expect(roleOf('bad-post.com', text)).toBe('sender')
    expect(roleOf('203.0.113.5', text)).toBe('command-and-control')
    const both = `${filler}Updates on compromised sites (one is bakery[.]example.com) bring a script that after a while contacts *.dark-nest[.]org.`
    expect(roleOf('bakery.example.com', both)).toBe('victim')
    expect(roleOf('dark-nest.org', both)).toBe('unknown')
    expect(roleOf('192.0.2.4', `${filler}At a victim, a clinic whose address was 192.0.2.4, it ended.`)).toBe(
      'victim',
    )
    expect(roleOf('bad-login.com', `${filler}Victims typed their passwords into bad-login[.]com.`)).toBe(
      'unknown',
    )
  })

  it('a table or a list makes an entry of what prose only mentions, wherever it stands', () => {
    const text = `${filler}A portal was at [bad-portal.com](https://bad-portal.com/login), see https://press.net/a.\n\nC2 is at evil[.]net\n\n| bad-portal.com | domain | 2026 |`
    expect(roleOf('bad-portal.com', text)).not.toBe('reference')
    expect(roleOf('https://bad-portal.com/login', text)).not.toBe('reference')
    expect(roleOf('press.net', text)).toBe('reference')
    const staged = `${filler}It asked cold-sync[.]net for work.\n\nDomain\tcold-sync[.]net\tC2`
    expect(roleOf('cold-sync.net', staged)).toBe('command-and-control')
  })

  it('links to read on are kept below what is looked for', () => {
    const text = `${filler}C2: hxxp://evil[.]net/x\n\nReferences\nhttps://news.press.net/a\n\nPage 1 www.press.net`
    for (const value of ['https://news.press.net/a', 'news.press.net', 'www.press.net']) {
      expect(roleOf(value, text)).toBe('reference')
      expect(confidenceOf(value, text)).toBeLessThan(leastConfidence)
    }
    const list = `${filler}url\n"1","https://github.com/bad/x.exe","online"\n"2","http://bad-shop.com/a"`
    expect(confidenceOf('https://github.com/bad/x.exe', list)).toBeGreaterThan(leastConfidence)
    expect(confidenceOf('github.com', list)).toBeLessThan(leastConfidence)
  })

  it('a mailbox to write to is none, nor its host; of a provider the mailbox is and the host is not', () => {
    const text = `${filler}Contact: csirt@regional-cert.org. Mails were sent from boss.pay@gmail[.]com.`
    expect(roleOf('csirt@regional-cert.org', text)).toBe('reference')
    expect(roleOf('regional-cert.org', text)).toBe('reference')
    expect(roleOf('boss.pay@gmail.com', text)).toBe('sender')
    expect(roleOf('gmail.com', text)).toBe('reference')
    expect(found('ask on jabber: bear@forum-im.net')).not.toContain('email bear@forum-im.net')
  })

  it('who a newsletter went to, and the services that carried it', () => {
    const text = `${filler}New: evil[.]net. Read on at https://click.mailer.net/c/1. You get this as soc@ours.org, see https://www.ours.org/x`
    const options = { publishers: ['mailer.net'], readers: ['soc@ours.org'] }
    const { indicators, dropped } = extractIndicators(text, options)
    expect(indicators.map(({ value }) => value)).toEqual(['evil.net'])
    expect(dropped.find(({ value }) => value === 'soc@ours.org')?.reason).toMatch(/sent to/)
    // A mailbox that its author defanged is an indicator, whoever the mail claims to be for.
    expect(extractIndicators(`${filler}bad@ours[.]org`, options).indicators).toHaveLength(2)
  })

  it('what its author defanged is no link to read on, and a contact at a mail provider is no helpdesk', () => {
    const text = `${filler}Source of the archive: squeak[.]example.com. See also hxxps://bear[.]example.com/x.`
    expect(roleOf('squeak.example.com', text)).toBe('unknown')
    const nested = `${filler}hxxps://one[.]example.com/go?to=https%3A%2F%2Ftwo[.]example.org`
    expect(roleOf('two.example.org', nested)).toBe('unknown')
    expect(roleOf('https://bear.example.com/x', text)).toBe('unknown')
    const note = `${filler}Contact: pay.up@onionmail.org, or contact csirt@regional-cert.org for help.`
    expect(roleOf('pay.up@onionmail.org', note)).toBe('sender')
    expect(roleOf('csirt@regional-cert.org', note)).toBe('reference')
    expect(roleOf('wipe@two-mail.co', `${filler}Contact: wipe[@]two-mail[.]co`)).toBe('sender')
  })

  it('what every machine has is nobody’s: its own address in a URL, its shells and devices', () => {
    const report = `${filler}${filler}C2: one[.]example.com two[.]example.com three[.]example.com. `
    const text = `${report}It asks hxxp://127.0.0[.]1:4445/update, starts /bin/sh and /tmp/.x/run, and writes to /dev/null.`
    const values = extractIndicators(text).indicators.map(({ value }) => value)
    expect(values).toContain('/tmp/.x/run')
    for (const value of ['http://127.0.0.1:4445/update', '/bin/sh', '/dev/null'])
      expect(values).not.toContain(value)
    expect(roleOf('http://10.0.0.4/x', 'look at http://10.0.0.4/x')).toBe('internal')
  })

  it('ranges that hold everybody, and threat sites in any dress, are bait', () => {
    const text = `${filler}Block 0.0.0.0/0, ::/0, 0.0.0.0 and 64.0.0.0/3, urlhaus [at] abuse.ch, and 203.0.113.0/24.`
    expect(found(text)).toEqual(['cidr 203.0.113.0/24'])
    expect(extractIndicators(text).dropped.map(({ reason }) => reason)).toContain(
      'a range so wide that it names nobody',
    )
  })
})

describe('names of other scripts', () => {
  it.each([
    // Cyrillic letters that look like those of a well-known brand.
    ['it is аррӏе.com', ['domain xn--80ak6aa92e.com']],
    ['hxxps://аррӏе[.]com/login', ['url https://xn--80ak6aa92e.com/login', 'domain xn--80ak6aa92e.com']],
    [
      'http://bücher.example.com/x',
      ['url http://xn--bcher-kva.example.com/x', 'domain xn--bcher-kva.example.com'],
    ],
    [
      'bad\u202e-one\u202c[.]com and \u2066two\u2069.example.com',
      ['domain bad-one.com', 'domain two.example.com'],
    ],
  ])('%j', (text, expected) => expect(found(text)).toEqual(expected))
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
