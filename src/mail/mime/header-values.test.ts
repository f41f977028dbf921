import { describe, expect, it } from 'vitest'
import { parseMailboxes } from './addresses.ts'
import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'
import { parseParameters } from './parameters.ts'
import { decodeTransfer } from './transfer-encoding.ts'

describe('decodeWords (RFC 2047)', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['=?iso-8859-1?Q?Gr=FC=DFe_aus?= Kiel', 'Grüße aus Kiel'],
    ['=?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?=', 'äö'],
    ['a =?utf-8?Q?b?= c', 'a b c'],
    // A character cut between two words, as many senders do.
    ['=?utf-8?B?w6TD?= =?utf-8?B?tg==?=', 'äö'],
    ['=?gb2312?B?xOO6ww==?=', '你好'],
    ['=?nonsense?Q?x=E4?=', 'xä'],
    ['=?utf-8?X?broken?=', '=?utf-8?X?broken?='],
  ]
  it.each(cases)('%s', (input, expected) => expect(decodeWords(input)).toBe(expected))
})

describe('parseParameters (RFC 2231)', () => {
  const cases: [string, string, string][] = [
    ['text/plain; name="a b.txt"', 'name', 'a b.txt'],
    ["attachment; filename*=utf-8''%c3%a4.pdf", 'filename', 'ä.pdf'],
    ["attachment; filename*0*=utf-8''%c3%a4; filename*1=bc.pdf", 'filename', 'äbc.pdf'],
    ['attachment; filename*1="two"; filename*0="one"', 'filename', 'onetwo'],
    ['text/plain; name="=?utf-8?B?w6Q=?="', 'name', 'ä'],
    ['multipart/mixed; boundary=simple', 'boundary', 'simple'],
    ['text/plain; name="unclosed', 'name', 'unclosed'],
  ]
  it.each(cases)('%s', (input, name, expected) =>
    expect(parseParameters(input).parameters.get(name)).toBe(expected),
  )
})

describe('parseMailboxes', () => {
  const cases: [string, string[]][] = [
    ['Anna <anna@example.org>', ['Anna|anna@example.org']],
    ['"Weber, Anna" <a@x.org>, b@y.org', ['Weber, Anna|a@x.org', '|b@y.org']],
    ['GLS Service, <info@gls.example>', ['GLS Service|info@gls.example']],
    ['"PayPal <service@paypal.com>" <x@evil.top>', ['PayPal <service@paypal.com>|x@evil.top']],
    ['=?utf-8?B?w4Q=?= <A@X.ORG>', ['Ä|a@x.org']],
    ['friends: a@x.org, b@y.org;', ['|a@x.org', '|b@y.org']],
    ['a@x.org (Anna)', ['Anna|a@x.org']],
    ['undisclosed', ['undisclosed|']],
    ['', []],
  ]
  it.each(cases)('%s', (input, expected) => {
    expect(parseMailboxes(input).map(mailbox => `${mailbox.name}|${mailbox.address}`)).toEqual(expected)
  })
})

describe('decodeText', () => {
  const cases: [string, Buffer, string, string][] = [
    ['UTF-8 under a Latin-1 label', Buffer.from('Grüße'), 'iso-8859-1', 'Grüße'],
    ['Latin-1 under a UTF-8 label', Buffer.from('Gr\u00fc\u00dfe', 'latin1'), 'utf-8', 'Grüße'],
    ['an unknown label', Buffer.from('abc'), 'x-made-up', 'abc'],
    ['UTF-16 by its mark', Buffer.from('\ufeffhi', 'utf16le'), 'us-ascii', 'hi'],
    ['Shift_JIS', Buffer.from('82b182f1', 'hex'), 'shift_jis', 'こん'],
  ]
  it.each(cases)('%s', (_, bytes, label, expected) => expect(decodeText(bytes, label).text).toBe(expected))
})

describe('decodeTransfer', () => {
  it('reads quoted-printable with soft breaks and stray equals signs', () => {
    expect(decodeTransfer(Buffer.from('a=3Db=\r\nc =\n d 5=6 e='), 'quoted-printable', 100).toString()).toBe(
      'a=bc  d 5=6 e',
    )
  })
  it('reads base64 with junk and with padding in the middle', () => {
    expect(decodeTransfer(Buffer.from('aGk=\r\naGk=\r\n'), 'base64', 100).toString()).toBe('hihi')
  })
  it('reads a body that only claims to be base64 as it stands', () => {
    expect(
      decodeTransfer(
        Buffer.from('<html><a href="http://x.example/">go</a></html>'),
        'base64',
        100,
      ).toString(),
    ).toContain('href')
  })
  it('reads uuencode', () => {
    expect(decodeTransfer(Buffer.from('begin 644 a.txt\n#:&D*\n`\nend\n'), 'uuencode', 100).toString()).toBe(
      'hi\n',
    )
  })
})
