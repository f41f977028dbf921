import { describe, expect, it } from 'vitest'
import { emptyInventory } from '../domain/inventory.ts'
import { scanRequest } from './egress-scan.ts'
import { redact, redactionRules } from './redact.ts'
import { reveal } from './reveal.ts'
import { Vault } from './vault.ts'

/*
 * Text made to exhaust a pattern: one piece, over and over. A pattern that takes quadratic time on one of these takes
 * minutes here, and the test's own time limit says so.
 */
const pieces = [
  ...'aA1 \\=[.@%&#:/"\'\0é\u200b\ud800',
  ...[
    'sk-',
    'a.',
    '1.',
    '1-',
    'a@a.',
    '://a:',
    'password=',
    '-p ',
    'mysql ',
    'net user ',
    'eyJ',
    '-----BEGIN PRIVATE KEY-----',
  ],
  ...[
    '%41',
    '%2541',
    '=41',
    '\\u0061',
    '\\\\',
    '&#97;',
    'a:',
    '::',
    '[HOST-',
    'aGVsbG8gd29ybGQ',
    '68656c6c6f',
    'AB12',
  ],
  ...[
    '\\\\a\\',
    '/home/',
    'Dear Anna ',
    'Suite 1 ',
    '1 Main Street ',
    'address is ',
    '+1 ',
    '4111 ',
    'a.local',
    '\x1b[',
    'ﬀ',
  ],
]
const inventory = { ...emptyInventory, hosts: ['srv1', 'aaaa'], terms: ['a b'], addresses: ['10.0.0.0/8'] }
const rules = redactionRules(inventory)

describe('text made to stall', () => {
  it.each(pieces)('%j over and over is redacted, revealed and scanned', piece => {
    const text = piece.repeat(Math.ceil(30_000 / piece.length))
    const vault = new Vault('tenant', 'case')
    const redaction = redact(text, vault, rules)
    expect(reveal(redaction.text, vault)).toBe(text)
    scanRequest(Buffer.from(JSON.stringify({ content: text })), {
      inventory,
      vaultValues: [],
      placeholders: [],
      constants: [],
    })
  })
})
