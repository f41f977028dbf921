import { describe, expect, it } from 'vitest'
import { indicatorsCsv, mispEvent, patternOf, stixBundle } from './stix-export.ts'

const indicator = (type: string, value: string, more = {}) => ({
  type,
  value,
  role: 'delivery',
  confidence: 0.9,
  status: 'live',
  ...more,
})

const report = {
  id: 'report_1',
  title: 'Bear report',
  url: 'https://press.example/bear',
  tlp: 'TLP:AMBER',
  createdMs: 1_770_000_000_000,
  indicators: [
    indicator('domain', 'evil.example'),
    indicator('sha256', 'a'.repeat(64)),
    indicator('path', "C:\\Temp\\it's.exe"),
    indicator('cve', 'CVE-2024-1234'),
    indicator('ipv4', '203.0.113.9', { status: 'false-positive' }),
  ],
  techniqueIds: ['T1059.001'],
}

describe('the STIX bundle', () => {
  const bundle = stixBundle(
    report,
    [{ type: 'domain', value: 'evil.example', count: 3, firstMs: 1, lastMs: 2 }],
    1_770_000_100_000,
  )
  const of = (type: string) => bundle.objects.filter(object => object.type === type)

  it('holds what is live, marked and referred to', () => {
    expect(of('indicator').map(({ pattern }) => pattern)).toEqual([
      "[domain-name:value = 'evil.example']",
      `[file:hashes.'SHA-256' = '${'a'.repeat(64)}']`,
      "[file:name = 'it\\'s.exe']",
    ])
    expect(of('attack-pattern')).toMatchObject([{ name: 'PowerShell' }])
    expect(of('vulnerability')).toMatchObject([{ name: 'CVE-2024-1234' }])
    expect(of('sighting')).toMatchObject([{ count: 3, sighting_of_ref: of('indicator')[0]?.id }])
    for (const object of bundle.objects.filter(
      ({ type }) => type !== 'identity' && type !== 'marking-definition',
    ))
      expect(object.object_marking_refs).toEqual(['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82'])
  })

  it('has ids that stay the same from export to export, each once', () => {
    const again = stixBundle(report, [], 1_780_000_000_000)
    const ids = bundle.objects.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(again.objects.map(({ id }) => id)))
    for (const id of ids)
      expect(id).toMatch(/^[a-z-]+--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('quotes what could break out of a pattern', () => {
    expect(patternOf({ type: 'mutex', value: "x' OR '1' = '1" })).toBe(
      "[mutex:name = 'x\\' OR \\'1\\' = \\'1']",
    )
    expect(patternOf({ type: 'registry', value: 'HKLM\\A' })).toBe("[windows-registry-key:key = 'HKLM\\\\A']")
  })
})

it('the MISP event leaves false positives out and tags TLP and techniques', () => {
  const { Event } = mispEvent(report)
  expect(Event).toMatchObject({
    info: 'Bear report',
    Tag: [{ name: 'tlp:amber' }, { name: 'misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"' }],
  })
  expect(JSON.stringify(Event)).not.toContain('203.0.113.9')
})

it('CSV cells cannot become formulas', () => {
  const csv = indicatorsCsv({ ...report, indicators: [indicator('path', '=cmd|"/c calc"')] })
  expect(csv).toBe(
    'type,value,role,confidence,status\r\n"path","\'=cmd|""/c calc""","delivery","0.9","live"\r\n',
  )
})

it('tells who takes it in what is no indicator of malice: a link, an address of ours, a victim', () => {
  const roles = ['delivery', 'unknown', 'reference', 'internal', 'victim']
  const told = {
    ...report,
    indicators: roles.map(role => indicator('domain', `${role}.example`, { role })),
  }
  const types = stixBundle(told, [], 1_770_000_100_000).objects.flatMap(
    object => (object.indicator_types as string[] | undefined) ?? [],
  )
  expect(types).toEqual(['malicious-activity', 'unknown', 'benign', 'benign', 'compromised'])
  const { Attribute } = mispEvent(told).Event as { Attribute: { to_ids: boolean }[] }
  expect(Attribute.map(each => each.to_ids)).toEqual([true, true, false, false, false])
})
