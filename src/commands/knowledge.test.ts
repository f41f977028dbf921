import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-knowledge-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const knowledge = (...args: string[]) =>
  runCommand(['knowledge', ...args, '--data', join(folder, 'data'), '--json'])

/** A bundle as MITRE publishes it for a domain, in our own words. */
function bundle(
  domain: string,
  version: string,
  techniques: readonly (readonly [id: string, name: string])[],
) {
  const source = domain === 'ics-attack' ? 'mitre-ics-attack' : 'mitre-mobile-attack'
  return {
    type: 'bundle',
    id: 'bundle--1',
    objects: [
      { type: 'x-mitre-collection', id: 'x-mitre-collection--1', name: domain, x_mitre_version: version },
      ...techniques.map(([id, name], index) => ({
        type: 'attack-pattern',
        id: `attack-pattern--${index}`,
        name,
        description: `What ${name} is.`,
        kill_chain_phases: [{ kill_chain_name: source, phase_name: 'lateral-movement' }],
        x_mitre_platforms: ['Android'],
        x_mitre_domains: [domain],
        x_mitre_version: '1.0',
        external_references: [{ source_name: 'mitre-attack', external_id: id }],
      })),
      {
        type: 'attack-pattern',
        id: 'attack-pattern--old',
        name: 'Old way',
        revoked: true,
        x_mitre_domains: [domain],
        external_references: [{ source_name: 'mitre-attack', external_id: 'T0899' }],
      },
      {
        type: 'relationship',
        id: 'relationship--1',
        relationship_type: 'revoked-by',
        source_ref: 'attack-pattern--old',
        target_ref: 'attack-pattern--0',
      },
    ],
  }
}

const file = (name: string, json: unknown) => {
  const path = join(folder, name)
  const text = JSON.stringify(json)
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

it('imports ICS, Mobile and D3FEND, shows versions, and looks techniques, retired ids and defences up', async () => {
  const ics = file('ics-attack.json', bundle('ics-attack', '18.1', [['T0886', 'Remote Services']]))
  const mobile = file('mobile-attack.json.gz', bundle('mobile-attack', '18.1', [['T1406', 'Hidden code']]))
  const table = file('d3fend-full-mappings.json', {
    results: {
      bindings: [
        {
          off_tech_id: { value: 'T1059' },
          def_tech_label: { value: 'Script Execution Analysis' },
          def_tactic_label: { value: 'Detect' },
        },
      ],
    },
  })
  const imported = await knowledge('import', ics, mobile, table)
  expect(imported.code).toBe(0)
  expect(imported.records).toMatchObject([
    { domain: 'ics-attack', version: '18.1', techniques: 1, added: ['T0886'], removed: [] },
    { domain: 'mobile-attack', techniques: 1 },
    { domain: 'd3fend', techniques: 1 },
  ])
  expect((await knowledge('show')).records.map(({ domain, source }) => `${domain} ${source}`)).toEqual([
    'enterprise-attack shipped',
    'ics-attack imported',
    'mobile-attack imported',
    'd3fend imported',
  ])
  const shown = await knowledge('show', 'T0886', 't1406', 'T0899', 'T1059.001')
  expect(shown.code).toBe(0)
  expect(shown.records).toMatchObject([
    { id: 'T0886', domain: 'ics-attack', attack: '18.1', description: 'What Remote Services is.' },
    { id: 'T1406', domain: 'mobile-attack' },
    { id: 'T0899', retired: true, replacement: 'T0886' },
    { id: 'T1059.001', countermeasures: [{ name: 'Script Execution Analysis', tactic: 'Detect' }] },
  ])
})

it('update tells what changed; an id that nobody has, and a file that is no bundle, are told and fail', async () => {
  await knowledge(
    'import',
    file(
      'one.json',
      bundle('ics-attack', '17', [
        ['T0886', 'a'],
        ['T0801', 'b'],
      ]),
    ),
  )
  const { records } = await knowledge(
    'update',
    file(
      'two.json',
      bundle('ics-attack', '18', [
        ['T0886', 'a'],
        ['T0802', 'c'],
      ]),
    ),
  )
  expect(records).toMatchObject([{ version: '18', added: ['T0802'], removed: ['T0801'] }])
  expect(await knowledge('show', 'T0000')).toMatchObject({ code: 1, records: [{ unknown: true }] })
  for (const wrong of [{}, { type: 'bundle', objects: [] }, { results: { bindings: [{}] } }])
    expect(await knowledge('import', file('wrong.json', wrong))).toMatchObject({
      code: 1,
      records: [{ imported: false }],
    })
})

it('imports into the data folder of the server, where every other command looks, unless another is named', async () => {
  vi.stubEnv('TOCSIN_DATA', join(folder, 'of-the-server'))
  try {
    const ics = file('ics-attack.json', bundle('ics-attack', '18.1', [['T0886', 'Remote Services']]))
    expect((await runCommand(['knowledge', 'import', ics, '--json'])).code).toBe(0)
    expect(existsSync(join(folder, 'of-the-server', 'knowledge', 'ics-attack.json'))).toBe(true)
    const shown = await runCommand<{ id: string }>(['knowledge', 'show', 'T0886', '--json'])
    expect([shown.code, shown.records[0]?.id]).toEqual([0, 'T0886'])
  } finally {
    vi.unstubAllEnvs()
  }
})
