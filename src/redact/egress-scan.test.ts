import { describe, expect, it } from 'vitest'
import { emptyInventory } from '../domain/inventory.ts'
import { scanRequest } from './egress-scan.ts'

const inventory = {
  ...emptyInventory,
  hosts: ['srv1'],
  users: ['user', 'model7'],
  addresses: ['203.0.113.0/24', '10.0.2.14'],
}

function check(
  content: string,
  expected: readonly string[],
  extra: { values?: string[]; constants?: string[] } = {},
): void {
  const findings = scanRequest(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] })), {
    inventory,
    vaultValues: extra.values ?? [],
    placeholders: ['[HOST-1]', '[USER-1]'],
    constants: extra.constants ?? [],
  })
  expect(findings.map(({ kind, what, form }) => `${kind} ${what} ${form}`)).toEqual(expected)
}

describe('the egress scan', () => {
  it('lets a clean request pass, with placeholders, protocol words and names that only contain one', () => {
    check('[HOST-1] srv10 45.155.205.233 [USER-1] d41d8cd98f00b204e9800998ecf8427e 2026-11-24', [])
  })

  it('finds names and addresses in clear and in code', () => {
    check('on SRV1', ['inventory hosts plain'])
    check('sr\u200bv1', ['inventory hosts plain'])
    check('at 203.0.113.7', ['inventory addresses plain'])
    check('at 0x0a.0.2.14', ['inventory addresses plain'])
    check(Buffer.from('on srv1').toString('base64'), ['inventory hosts base64'])
    check('%73%72%76%31', ['inventory hosts unescaped'])
    check('\\u0073\\U00000072\\U0076\\u{31}', ['inventory hosts unescaped'])
  })

  it('finds every value of the vault, and a placeholder that is not ours to hide behind', () => {
    check('the code name Apollo', ['vault-value vault plain'], { values: ['apollo'] })
    check('see [HOST-srv1]', ['inventory hosts plain'])
  })

  it('finds secrets of a form beyond doubt', () => {
    check(`key AKIA${'QWERTYUIOPASD234'}`, ['secret aws-key plain'])
    check(`ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`, ['secret github-token plain'])
  })

  it('does not take our own words for data, but sees one more of them', () => {
    const constants = ['Ask model7 for the summary.']
    check('Ask model7 for the summary.', [], { constants })
    check('Ask model7 for the summary. And model7 again.', ['inventory users plain'], { constants })
  })
})
