import { dataDirectory } from '../config.ts'
import { type AttackCatalogue, readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackVersion, lookUpTechnique, techniques, titleOf } from '../knowledge/attack-techniques.ts'
import { type DefenceCatalogue, isDefenceTable, readDefenceTable } from '../knowledge/d3fend-mappings.ts'
import {
  type ImportedKnowledge,
  importedCountermeasures,
  importedRetired,
  importedTechnique,
} from '../knowledge/imported-knowledge.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { attackDomains, storeCatalogue, storedKnowledge } from '../main/stored-knowledge.ts'
import { type Command, type Io, knowledgeOption, readArgs, readInput, writeRecord } from './command.ts'

/** `tocsin knowledge`: the ATT&CK facts that ship, and what the user imports of ATT&CK and D3FEND. */
export const command: Command = {
  usage: `tocsin knowledge import|update BUNDLE... [--data DIR] [--json]
tocsin knowledge show [TECHNIQUE...] [--data DIR] [--json]

import and update read ATT&CK STIX 2.1 bundles (enterprise-attack.json, ics-attack.json, mobile-attack.json) and D3FEND's
table of mappings (d3fend-full-mappings.json) into the data directory; .gz is read, '-' is standard input. Then descriptions,
ICS and Mobile techniques and D3FEND's countermeasures are there as well; in briefs, the assistant, the check of what models claim,
reports, rules and the ATT&CK matrix once the server has started anew.
update tells what changed since the bundle imported before. show prints techniques by id with what counters them, retired ids
with what replaced them; without ids, the versions.

  --data DIR  the data directory (default: that of 'tocsin up')
  --json      NDJSON records

Exit code 0 done, 1 an id that ATT&CK does not have, or a bundle without techniques, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { json: { type: 'boolean' }, ...knowledgeOption },
      allowPositionals: true,
    })
    const [action, ...rest] = positionals
    const folder = dataDirectory(values.data)
    const write = (record: object, line: string) =>
      values.json ? writeRecord(io, record) : io.stdout(`${line}\n`)
    if (action === 'show')
      return rest.length === 0 ? showVersions(folder, write) : showTechniques(rest, folder, write)
    if ((action === 'import' || action === 'update') && rest.length > 0)
      return importBundles(rest, folder, io, write)
    throw new AppError('bad-usage', 'say import FILE, update FILE or show [TECHNIQUE]')
  },
}

type Write = (record: object, line: string) => void

async function importBundles(
  files: readonly string[],
  folder: string,
  io: Io,
  write: Write,
): Promise<number> {
  let failed = false
  for (const file of files) {
    const bytes = await readInput(file, io)
    const json = parseJson(bytes.toString('utf8'), file)
    const imported = isDefenceTable(json)
      ? await importDefence(json, file, folder, write)
      : await importAttack(json, file, folder, write)
    if (!imported) failed = true
  }
  return failed ? 1 : 0
}

async function importDefence(json: unknown, file: string, folder: string, write: Write): Promise<boolean> {
  const { value: catalogue, problems } = readDefenceTable(json)
  const techniques = Object.keys(catalogue.countermeasures).length
  if (techniques === 0) {
    const why = 'the table pairs no technique with a defence'
    write({ file, imported: false, problems }, `${file}: not imported: ${why}`)
    return false
  }
  await storeCatalogue(folder, catalogue)
  write(
    { file, imported: true, domain: 'd3fend', techniques, problems },
    `d3fend: countermeasures for ${techniques} techniques`,
  )
  return true
}

async function importAttack(json: unknown, file: string, folder: string, write: Write): Promise<boolean> {
  const { value: catalogue, problems } = readAttackBundle(json)
  const { domain, version } = catalogue
  if (catalogue.techniques.length === 0 || !attackDomains.some(known => known === domain)) {
    write(
      { file, imported: false, problems },
      `${file}: not imported: ${problems[0]?.message ?? 'unknown domain'}`,
    )
    return false
  }
  const before = storedKnowledge(folder).attack.find(each => each.domain === domain)
  await storeCatalogue(folder, catalogue)
  const changes = changesBetween(before, catalogue)
  const techniques = catalogue.techniques.length
  write(
    { file, imported: true, domain, version, techniques, ...changes, problems },
    `${domain} ${version}: ${techniques} techniques, ${changes.added.length} new, ${changes.removed.length} gone since ${before?.version ?? 'nothing'}`,
  )
  return true
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('unreadable-input', `${file} is no JSON: ${messageOf(error)}`, { cause: error })
  }
}

function changesBetween(
  before: AttackCatalogue | undefined,
  after: AttackCatalogue,
): { added: string[]; removed: string[] } {
  const old = new Set(before?.techniques.map(({ id }) => id))
  const now = new Set(after.techniques.map(({ id }) => id))
  return { added: [...now].filter(id => !old.has(id)), removed: [...old].filter(id => !now.has(id)) }
}

function showVersions(folder: string, write: Write): number {
  const { domain, version } = attackVersion
  write(
    { domain, version, techniques: techniques.length, source: 'shipped' },
    `${domain} ${version}: ${techniques.length} techniques (facts that ship)`,
  )
  const { attack, defence } = storedKnowledge(folder)
  for (const catalogue of [...attack, ...(defence === undefined ? [] : [defence])]) {
    const count = sizeOf(catalogue)
    write(
      { domain: catalogue.domain, version: catalogue.version, techniques: count, source: 'imported' },
      `${catalogue.domain} ${catalogue.version}: ${count} techniques (imported)`,
    )
  }
  return 0
}

function sizeOf(catalogue: AttackCatalogue | DefenceCatalogue): number {
  return 'techniques' in catalogue
    ? catalogue.techniques.length
    : Object.keys(catalogue.countermeasures).length
}

function showTechniques(ids: readonly string[], folder: string, write: Write): number {
  const knowledge = storedKnowledge(folder)
  let unknown = false
  for (const id of ids) if (!showTechnique(id, knowledge, write)) unknown = true
  return unknown ? 1 : 0
}

/** What is known of one id; false where nothing is. The facts that ship go before what was imported. */
function showTechnique(id: string, knowledge: ImportedKnowledge, write: Write): boolean {
  const imported = importedTechnique(knowledge, id)
  const measures = importedCountermeasures(knowledge, id) ?? []
  const defences = measures.length === 0 ? {} : { countermeasures: measures }
  const defenceLine =
    measures.length === 0 ? '' : `\ncountered by: ${measures.map(({ name }) => name).join(', ')}`
  const found = lookUpTechnique(id)
  if (found.kind === 'current') {
    const { technique } = found
    const description = imported?.technique.description
    const tactics = technique.tactics.map(({ name }) => name)
    write(
      { ...technique, tactics, ...(description === undefined ? {} : { description }), ...defences },
      `${technique.id} ${titleOf(technique)} (${tactics.join(', ')})${description === undefined ? '' : `\n${description}`}${defenceLine}`,
    )
    return true
  }
  if (imported !== undefined) {
    const { technique, catalogue } = imported
    const { domain, version: attack } = catalogue
    write(
      { ...technique, domain, attack, ...defences },
      `${technique.id} ${technique.name} (${technique.tactics.join(', ')}; ${domain} ${attack})\n${technique.description}${defenceLine}`,
    )
    return true
  }
  const old = importedRetired(knowledge, id)?.retired
  if (found.kind === 'unknown' && old === undefined) {
    write({ id, unknown: true }, `${id}: ATT&CK has no such technique`)
    return false
  }
  const successor = found.kind === 'retired' ? found.replacement : undefined
  const name = found.kind === 'retired' ? found.name : (old?.name ?? '')
  const replacement = successor?.id ?? old?.replacement ?? null
  const now = successor === undefined ? replacement : `${successor.id} ${titleOf(successor)}`
  write(
    { id, name, retired: true, replacement },
    `${id} ${name}: retired, ${now === null ? 'nothing took its place' : `now ${now}`}`,
  )
  return true
}
