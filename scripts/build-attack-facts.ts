/**
 * Writes src/knowledge/data/attack-enterprise.json from a folder of ATT&CK objects, one JSONL file per STIX type
 * (`node scripts/build-attack-facts.ts FOLDER`). Only facts are kept: ids, names, tactics, platforms, versions and
 * aliases. Descriptions stay behind; `tocsin knowledge import` takes them from a bundle that the user supplies.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Source {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
  readonly platforms?: readonly string[]
  readonly aliases?: readonly string[]
  readonly version: string
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node scripts/build-attack-facts.ts FOLDER')

function objectsOf(type: string): Source[] {
  return (
    readFileSync(join(folder ?? '', `${type}.jsonl`), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      // The folder is the maintainer's own download, not input: its shape is as documented beside it.
      .map(line => JSON.parse(line) as Source)
      .sort((a, b) => a.id.localeCompare(b.id))
  )
}

const otherNames = (object: Source) => (object.aliases ?? []).filter(alias => alias !== object.name)
const shortNameOf = (tactic: Source) => tactic.name.toLowerCase().replaceAll(' ', '-')

const facts = {
  domain: 'enterprise-attack',
  version: '18',
  tactics: objectsOf('x-mitre-tactic').map(tactic => [tactic.id, tactic.name, shortNameOf(tactic)]),
  techniques: objectsOf('attack-pattern').map(technique => [
    technique.id,
    technique.name,
    technique.tactics,
    technique.platforms ?? [],
    technique.version,
  ]),
  groups: objectsOf('intrusion-set').map(group => [group.id, group.name, otherNames(group)]),
  software: [
    ...objectsOf('malware').map(item => ['malware', item] as const),
    ...objectsOf('tool').map(item => ['tool', item] as const),
  ].map(([kind, item]) => [item.id, item.name, otherNames(item), kind, item.platforms ?? []]),
  mitigations: objectsOf('course-of-action').map(item => [item.id, item.name]),
}

const rows = Object.entries(facts).map(([name, value]) =>
  Array.isArray(value)
    ? `${JSON.stringify(name)}: [\n${value.map(row => JSON.stringify(row)).join(',\n')}\n]`
    : `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
)
writeFileSync(
  join(import.meta.dirname, '../src/knowledge/data/attack-enterprise.json'),
  `{\n${rows.join(',\n')}\n}\n`,
)
