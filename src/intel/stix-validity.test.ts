import { beforeAll, describe, expect, it } from 'vitest'
import { stixValidator } from '../../test/support/stix-validator.ts'
import { stixBundle } from './stix-export.ts'
import { tlpMarks } from './tlp.ts'

const createdMs = 1_770_000_000_000
const values: Readonly<Record<string, string>> = {
  ipv4: '203.0.113.9',
  ipv6: '2001:db8::1',
  cidr: '203.0.113.0/24',
  domain: 'evil.example',
  url: "http://evil.example/a?b='c'",
  email: 'a@evil.example',
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'a'.repeat(64),
  sha512: 'b'.repeat(128),
  cve: 'CVE-2024-12345',
  cwe: 'CWE-79',
  asn: 'AS64500',
  path: "C:\\Temp\\it's.exe",
  registry: 'HKLM\\Software\\Bear',
  mutex: 'Global\\Bear',
  crypto: '1BoatSLRHtKNngkdXEobR76b53LETtpyT',
  user_agent: 'Bear/1.0',
}

describe('exports by the validator of OASIS', () => {
  let validate: ReturnType<typeof stixValidator>
  beforeAll(() => {
    validate = stixValidator()
  })

  it('every type of indicator under every mark is valid, and so is a report with nothing in it', context => {
    if (validate === undefined) return context.skip()
    const indicators = Object.entries(values).map(([type, value]) => ({
      ...{ type, value, role: 'delivery', confidence: 0.9, status: 'live' },
    }))
    const seen = { type: 'ipv4', value: '203.0.113.9', count: 3, firstMs: createdMs, lastMs: createdMs + 1 }
    const marked = [null, ...tlpMarks].map(tlp => {
      const report = {
        ...{ id: 'report_1', title: 'Bear', url: 'https://press.example/a', tlp, createdMs, indicators },
        techniqueIds: ['T1059.001', 'T1110'],
      }
      return stixBundle(report, [seen], createdMs + 5)
    })
    const empty = { ...{ id: 'report_2', title: 'Empty', url: null, tlp: null, createdMs }, indicators: [] }
    const bundles = [...marked, stixBundle({ ...empty, techniqueIds: [] }, [], createdMs)]
    const broken = { type: 'bundle', id: 'bundle--x', objects: [] }
    const errors = validate([...bundles, broken])
    expect(errors.slice(0, -1)).toEqual(bundles.map(() => []))
    expect(errors.at(-1), 'it does find errors').not.toEqual([])
  })
})
