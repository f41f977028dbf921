import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { scanRequest } from './egress-scan.ts'
import { redact, redactionRules } from './redact.ts'
import { reveal } from './reveal.ts'
import { Vault } from './vault.ts'

const inventory: Inventory = {
  hosts: ['srv1.corp.example', 'FINDB-01', 'srv1-old'],
  users: ['CORP\\jdoe', 'anna.müller'],
  domains: ['corp.example'],
  addresses: ['203.0.113.0/24', '10.0.2.14'],
  groups: ['Payroll Admins'],
  terms: ['Project Phoenix'],
}
const rules = redactionRules(inventory)

function check(text: string, expected: string): void {
  const vault = new Vault('tenant', 'case')
  const redaction = redact(text, vault, rules)
  expect(redaction.text).toBe(expected)
  expect(reveal(redaction.text, vault)).toBe(text)
}

describe('redact', () => {
  it('replaces names of the inventory, short, qualified and in any case', () => {
    check('ping SRV1 from srv1', 'ping [HOST-1] from [HOST-1b]')
    check('srv1.corp.example is up', '[HOST-1].[DOMAIN-1] is up')
    check('logon CORP\\jdoe', 'logon [DOMAIN-1]\\[USER-1]')
    check('srv1-old and srv1', '[HOST-1] and [HOST-2]')
    check('in Payroll_Admins, for project  phoenix', 'in [GROUP-1], for [TERM-1]')
  })

  it('leaves names alone that only contain one', () => {
    check('srv10 xsrv1 findb-012', 'srv10 xsrv1 findb-012')
  })

  it('reads words whole and names to their end, however far from an escape they stand', () => {
    const rest = ' and nothing more'.repeat(100)
    for (let gap = 280; gap < 320; gap++) {
      const text = `\\"${' '.repeat(gap)}srv1x ysrv1${' '.repeat(gap)}\\"${rest}`
      check(text, text)
    }
    const far = ' '.repeat(400)
    check(`\\u0050roject${far}Phoenix${rest}`, `[TERM-1]${rest}`)
    check(`Project${far}\\u0050hoenix${rest}`, `[TERM-1]${rest}`)
  })

  it('sees through look-alikes and what cannot be seen', () => {
    check(
      'sr\u200bv1 ѕrv1 ｓｒｖ１ \x1b[31msrv1\x1b[0m',
      '[HOST-1] [HOST-1b] [HOST-1c] \x1b[31m[HOST-1d]\x1b[0m',
    )
    check('ANNA.MU\u0308LLER and anna.muller', '[USER-1] and [USER-1b]')
  })

  it('replaces an encoded run whole where something is in it, and shows what it held', () => {
    const encoded = Buffer.from('ping srv1 now', 'utf16le').toString('base64')
    const vault = new Vault('tenant', 'case')
    const redaction = redact(`powershell -enc ${encoded}`, vault, rules)
    expect(redaction.text).toBe('powershell -enc [ENCODED-1]')
    expect(redaction.decoded).toEqual([{ placeholder: '[ENCODED-1]', text: 'ping [HOST-1] now' }])
    expect(reveal(redaction.text, vault)).toBe(`powershell -enc ${encoded}`)
    const harmless = Buffer.from('Get-Process | Out-Null').toString('base64')
    check(harmless, harmless)
  })

  it('leaves versions readable that are no address of ours', () => {
    check('version 10.0.0.1, build: 1.2.3.4', 'version 10.0.0.1, build: 1.2.3.4')
    check('version 10.0.2.14, version: 203.0.113.9', 'version [ADDR-INT-1-1], version: [ADDR-INT-2-1]')
  })

  it('replaces the beginning of a private key that the scan of the request would stop', () => {
    for (let length = 12; length < 32; length++) {
      const key = `-----BEGIN PRIVATE KEY-----\r\n${'MIIEpAIBAAKCAQEA7bq5Zt3Xw9Lk2Vb8'.slice(0, length)}\r\n-----END PRIVATE KEY-----`
      const { text } = redact(`found ${key} there`, new Vault('tenant', 'case'), rules)
      const bytes = Buffer.from(JSON.stringify({ content: text }))
      const knowledge = { inventory, vaultValues: [], placeholders: [], constants: [] }
      expect(scanRequest(bytes, knowledge)).toEqual([])
    }
  })

  it('keeps the subnet of addresses, and public ones readable', () => {
    check(
      '10.0.2.14 10.0.2.15 10.0.3.1 203.0.113.9 8.8.8.8 127.0.0.1',
      '[ADDR-INT-1-1] [ADDR-INT-1-2] [ADDR-INT-2-1] [ADDR-INT-3-1] 8.8.8.8 127.0.0.1',
    )
    check(
      '0x0a00020e 167772686 ::ffff:10.0.2.14 14.2.0.10.in-addr.arpa',
      '[ADDR-INT-1-1] [ADDR-INT-1-1b] [ADDR-INT-1-1c] [ADDR-INT-1-1d].in-addr.arpa',
    )
  })

  it('reads what may be an escape or not both ways', () => {
    check('\\\\172.16.5.5\\share', '\\\\[ADDR-INT-1-1]\\share')
    check(String.raw`{"path":"\\\\172.16.5.5\\share"}`, String.raw`{"path":"\\\\[ADDR-INT-1-1]\\share"}`)
    check('to=%172.16.5.5 &#10.0.2.14 10.1.2.3%41', 'to=%[ADDR-INT-1-1] &#[ADDR-INT-2-1] [ADDR-INT-3-1]%41')
    check('paid %4111111111111111', 'paid %[CARD-1]')
    check(String.raw`{"log":"of\nsrv1\t172.16.9.9"}`, String.raw`{"log":"of\n[HOST-1]\t[ADDR-INT-1-1]"}`)
    check(String.raw`from CORP\bob.smith@mail.example`, String.raw`from [DOMAIN-1]\[EMAIL-1@mail.example]`)
    check(String.raw`C:\new\table`, String.raw`C:\new\table`)
  })

  it('takes every escape off, whatever else is escaped beside it', () => {
    const python = [...'srv1'].map(each => `\\U000000${each.charCodeAt(0).toString(16)}`).join('')
    check(`at ${python}.`, 'at [HOST-1].')
    check(String.raw`at \U0073\U0072v1 \u0073\U00000072v1`, 'at [HOST-1] [HOST-1b]')
    for (const beside of ['=====\n\n\n\n\n', '=\n%3D%0A%253D%250A%25253D%25250A'])
      check(`${beside} srv%252531`, `${beside} [HOST-1]`)
    check('10.0.2.14=\n10.0.2.15', '[ADDR-INT-1-1]=\n[ADDR-INT-1-2]')
  })

  it('replaces personal and internal formats', () => {
    check('bad@evil.ru wrote to jdoe@corp.example', '[EMAIL-1@evil.ru] wrote to [EMAIL-2]')
    check('C:\\Users\\snell\\a.txt /home/bob/x', 'C:\\Users\\[USER-1]\\a.txt /home/[USER-2]/x')
    check('S-1-5-21-1-2-3-500 and S-1-5-18', '[SID-1-500] and S-1-5-18')
    check('dc7.ad.internal aa:bb:cc:dd:ee:01', '[HOST-1].[DOMAIN-1] [MAC-1]')
    check('card 4111 1111 1111 1111, DE89370400440532013000', 'card [CARD-1], [IBAN-1]')
    check('call +49 30 901820 or 212-555-0143', 'call [PHONE-1] or [PHONE-2]')
  })

  it('leaves what an analysis needs', () => {
    const lines = [
      'Nov 24 22:59:01 web sshd[24200]: Failed password for root from 45.155.205.233 port 50043 ssh2',
      'rule 5710 level 5, CVE-2021-44228, T1059.001, KB3084135~31bf3856ad364e35~amd64~~6.1.1.0',
      'HKLM\\System\\CurrentControlSet\\Services C:\\Windows\\System32\\cmd.exe NT AUTHORITY\\SYSTEM',
      'SHA256=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f version 10.0.0.1',
      '2026-11-24T22:59:01.123+0000 1751132222.10736173 1718821858947436 {ff3427f9-3a61-6866-e703-000000000000}',
    ]
    for (const line of lines) check(line, line)
  })

  it('escapes look-alikes of its own placeholders', () => {
    check('[HOST-1] srv1 [HOST-1]', '[LITERAL-1] [HOST-1] [LITERAL-1]')
    check('[[HOST-1]] [HOST-x]', '[[LITERAL-1]] [HOST-x]')
    check('［HOST-1］ srv1 [HO\u200bST-1]', '[LITERAL-1] [HOST-1] [LITERAL-1b]')
  })

  it('counts offsets in code points', () => {
    const { replacements } = redact('😀 srv1', new Vault('tenant', 'case'), rules)
    expect(replacements).toEqual([{ placeholder: '[HOST-1]', class: 'host', offset: 2, length: 4 }])
  })

  it('gives the same placeholders for the same texts, and keeps them in one case', () => {
    const [one, two] = [new Vault('t', 'c'), new Vault('t', 'c')]
    const texts = ['srv1 10.0.2.14', 'jdoe@corp.example on srv1']
    expect(texts.map(text => redact(text, one, rules).text)).toEqual(
      texts.map(text => redact(text, two, rules).text),
    )
    expect(redact('srv1', one, rules).text).toBe('[HOST-1]')
  })

  it('replaces what it cannot look into', () => {
    let nested = 'deep'
    for (let i = 0; i < 9; i++) nested = Buffer.from(`${nested} text text`).toString('base64')
    const { text, problems } = redact(nested, new Vault('t', 'c'), rules)
    expect(text).toBe('[ENCODED-1]')
    expect(problems.map(problem => problem.code)).toEqual(['encoded-unscanned'])
  })

  it('reveals exactly whatever the text is', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        'srv1',
        'SRV1',
        '[HOST-1]',
        '[',
        ']',
        '%73',
        '\\u0073',
        '\\',
        '=\r\n',
        '10.0.2.14',
        'jdoe@',
        '&#115;',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), parts => {
        const text = parts.join('')
        const vault = new Vault('t', 'c')
        const redaction = redact(text, vault, rules)
        expect(reveal(redaction.text, vault)).toBe(text)
        for (const { offset, length, placeholder } of redaction.replacements) {
          expect(
            Array.from(text)
              .slice(offset, offset + length)
              .join(''),
          ).toBe(vault.valueOf(placeholder))
        }
      }),
      { numRuns: 400 },
    )
  })
})

describe('redactionRules', () => {
  it('says what it cannot look for', () => {
    const { problems } = redactionRules({
      ...emptyInventory,
      hosts: ['', 'x'],
      addresses: ['10.0.0', '10.0.0.0/8'],
    })
    expect(problems.map(problem => problem.where)).toEqual(['/hosts/0', '/hosts/1', '/addresses/0'])
  })
})
