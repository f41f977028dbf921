import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { scanRequest } from './egress-scan.ts'
import { redact, redactionRules } from './redact.ts'
import { reveal } from './reveal.ts'
import { Vault } from './vault.ts'

const inventory: Inventory = {
  hosts: ['srv1', 'FINDB01.corp.example', 'pay-gw-07'],
  users: ['anna.mueller', 'CORP\\jdoe'],
  domains: ['corp.example'],
  addresses: ['10.0.2.14', '203.0.113.0/24'],
  groups: [],
  terms: ['Project Phoenix'],
}
const rules = redactionRules(inventory)
const token = 'ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'
const indicator = 'from 45.155.205.233 (evil-updates.ru)'

/** Redacts, expects an exact way back and a scan that finds nothing any more. */
function replaced(text: string, known = inventory): string {
  const vault = new Vault('tenant', 'case')
  const redaction = redact(text, vault, redactionRules(known), { inventory: known })
  expect(reveal(redaction.text, vault)).toBe(text)
  const findings = scanRequest(Buffer.from(JSON.stringify({ content: redaction.text })), {
    inventory: known,
    vaultValues: vault.values(),
    placeholders: vault.placeholders(),
    constants: [],
  })
  expect(findings).toEqual([])
  return redaction.text
}

describe('what the scan of the request would stop on', () => {
  it.each([
    [`srv1${token}`, '[HOST-1][SECRET-1]'],
    [`x${token}`, '[SECRET-1]'],
    ['idAKIAQ7ZT3XWLKVBNMRCAend', '[SECRET-1]'],
    ['backupFINDB01', '[HOST-1]'],
    ['FINDB01Backup', '[HOST-1]'],
    ['C:/logs/findb01backup/x', 'C:/logs/[HOST-1]/x'],
    ['anna.muellerDesktop', '[USER-1]'],
    ['pay_gw_07', '[HOST-1]'],
    ['ProjectPhoenix', '[TERM-1]'],
    ['ip10.0.2.14', '[ADDR-INT-1]'],
    ['7\\u0041aG9zdCBBS0lBSDRORUhOQ1FRSlZZM0dORiBzZWVu', '7\\[SECRET-1]'],
  ])('is replaced: %s', (value, expected) => {
    expect(replaced(`${indicator} ${value} ${indicator}`)).toBe(`${indicator} ${expected} ${indicator}`)
  })

  it.each([
    'anna.mueller2',
    'xfindb010',
    'dc01a3srv1f0',
    'phoenixcorp.example',
    'v10.0.19041.1',
    '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  ])('is not %s', value => {
    expect(replaced(value)).toBe(value)
  })

  it('is a whole field where there is too much of it, and the others stay', () => {
    const hidden = Array.from({ length: 40_000 }, (_, i) => `"${i}FINDB01backup"`).join(',')
    const text = `${indicator}\n${hidden}`
    const vault = new Vault('tenant', 'case')
    const fields = [
      { start: 0, end: indicator.length },
      { start: indicator.length + 1, end: text.length },
    ]
    const redaction = redact(text, vault, rules, { inventory, fields })
    expect(redaction.text.startsWith(`${indicator}\n[`)).toBe(true)
    expect(redaction.text).not.toMatch(/findb/i)
    expect(reveal(redaction.text, vault)).toBe(text)
  })

  it('is a field that unpacks to more than can be scanned', () => {
    let nested = 'nothing'
    for (let i = 0; i < 12; i++) nested = JSON.stringify({ nested }).replaceAll('"', '%22')
    const bomb = Array.from({ length: 30_000 }, (_, i) =>
      Buffer.from(`word ${i} of ten thousand`).toString('base64'),
    ).join(' ')
    expect(replaced(`${indicator} ${nested}`)).toContain(indicator)
    expect(replaced(bomb).length).toBeLessThanOrEqual(bomb.length)
  })

  it('is replaced whatever it is glued to, and reveals exactly', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...inventory.hosts, ...inventory.users, '10.0.2.14', '203.0.113.9', token),
      fc.constantFrom(
        'AKIAQ7ZT3XWLKVBNMRCA',
        'Backup',
        'old_',
        '%41',
        '\\u0041',
        '&#65',
        '[HOST-1]',
        '"',
        '\\',
      ),
      fc.constantFrom(...['srv1', 'jdoe', token].map(text => Buffer.from(`at ${text}.`).toString('base64'))),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), parts => {
        replaced(parts.join(''))
      }),
      { numRuns: 300 },
    )
  })

  it('is known again in the next text of the case', () => {
    const vault = new Vault('tenant', 'case')
    expect(redact('on FINDB01Backup', vault, rules, { inventory }).text).toBe('on [HOST-1]')
    expect(redact('see findb01backup', vault, rules).text).toBe('see [HOST-1b]')
    expect(redact('see srv1', vault, redactionRules(emptyInventory)).text).toBe('see srv1')
  })
})
