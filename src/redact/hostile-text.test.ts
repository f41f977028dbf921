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

/** Secrets of the greatest length, and text that begins them, or one inside the other, at every word. */
const unending = {
  'tokens in a token': 'ghp_'.repeat(50_000),
  'one token, known from then on, in itself': 'glpat-'.repeat(35_000),
  'tokens in a token that is none': 'eyJ-'.repeat(60_000),
  'keys in a key that is none': 'sk-ant-api03-'.repeat(20_000),
  'keys without an end': '-----BEGIN PRIVATE KEY-----#{'.repeat(7_000),
  token: `Authorization: Bearer ${'Ab1.'.repeat(1_000)} ${'Ab1.'.repeat(7_500)}`,
  'broken token': `authorization: ${'a-'.repeat(1_000)}b-1Q ${'a-'.repeat(15_000)}`,
  keys: `-----BEGIN PRIVATE KEY-----${'Ab1/'.repeat(7)}`.repeat(550),
  'PuTTY keys': `${'PuTTY-User-Key-File-2: Ab1/'.repeat(1_000)}Private-MAC: 00`,
}

describe('text made to stall', () => {
  const texts = [
    ...pieces.map(piece => [JSON.stringify(piece), piece.repeat(Math.ceil(30_000 / piece.length))] as const),
    ...Object.entries(unending),
  ]
  it.each(texts)('%s over and over is redacted, revealed and scanned', (_, text) => {
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
