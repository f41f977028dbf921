import { expect, it } from 'vitest'
import { readAttackBundle } from './attack-bundle.ts'

const reference = (id: string) => [{ source_name: 'mitre-attack', external_id: id, url: 'x' }]

const bundle = {
  type: 'bundle',
  objects: [
    {
      type: 'x-mitre-collection',
      id: 'x-mitre-collection--1',
      name: 'Enterprise ATT&CK',
      x_mitre_version: '18.1',
    },
    {
      type: 'attack-pattern',
      id: 'attack-pattern--1',
      name: 'PowerShell',
      description: 'Own words.',
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }],
      x_mitre_platforms: ['Windows'],
      x_mitre_domains: ['enterprise-attack'],
      x_mitre_version: '2.4',
      external_references: reference('T1059.001'),
    },
    {
      type: 'attack-pattern',
      id: 'attack-pattern--2',
      name: 'PowerShell',
      revoked: true,
      external_references: reference('T1086'),
    },
    {
      type: 'attack-pattern',
      id: 'attack-pattern--3',
      name: 'Scripting',
      x_mitre_deprecated: true,
      external_references: reference('T1064'),
    },
    {
      type: 'relationship',
      id: 'relationship--1',
      relationship_type: 'revoked-by',
      source_ref: 'attack-pattern--2',
      target_ref: 'attack-pattern--1',
    },
    {
      type: 'intrusion-set',
      id: 'intrusion-set--1',
      name: 'Bear',
      aliases: ['Bear', 'Ursa'],
      external_references: reference('G9001'),
    },
    { type: 'attack-pattern', id: 7 },
  ],
}

it('reads techniques, what was retired and its successor, and other objects', () => {
  const { value, problems } = readAttackBundle(bundle)
  expect(value).toEqual({
    domain: 'enterprise-attack',
    version: '18.1',
    techniques: [
      {
        id: 'T1059.001',
        name: 'PowerShell',
        description: 'Own words.',
        tactics: ['execution'],
        platforms: ['Windows'],
        version: '2.4',
      },
    ],
    retired: [
      { id: 'T1064', name: 'Scripting', why: 'deprecated' },
      { id: 'T1086', name: 'PowerShell', why: 'revoked', replacement: 'T1059.001' },
    ],
    objects: [{ id: 'G9001', name: 'Bear', kind: 'group', description: '', aliases: ['Ursa'] }],
  })
  expect(problems).toMatchObject([{ code: 'broken-object', where: '/objects/6' }])
})

it('says what is wrong with anything else', () => {
  for (const value of [undefined, [], {}, 'x', { type: 'bundle' }])
    expect(readAttackBundle(value).problems.map(({ code }) => code)).toEqual([
      'not-a-bundle',
      'no-techniques',
    ])
})
