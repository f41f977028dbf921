import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AttackCatalogue, readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackVersion, lookUpTechnique, techniques, titleOf } from '../knowledge/attack-techniques.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'

/** `tocsin knowledge`: the ATT&CK facts that ship, and full bundles that the user imports. */
export const command: Command = {
  usage: `tocsin knowledge import|update BUNDLE... [--data DIR] [--json]
tocsin knowledge show [TECHNIQUE...] [--data DIR] [--json]

import and update read ATT&CK STIX 2.1 bundles (enterprise-attack.json, ics-attack.json, mobile-attack.json; .gz is read;
'-' is standard input) into the data directory; then descriptions are there as well. update tells what changed since the
bundle imported before. show prints techniques by id, retired ids with what replaced them; without ids, the versions.

  --data DIR  the data directory (default .tocsin)
  --json      NDJSON records

Exit code 0 done, 1 an id that ATT&CK does not have, or a bundle without techniques, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { json: { type: 'boolean' }, data: { type: 'string', default: '.tocsin' } },
      allowPositionals: true,
    })
    const [action, ...rest] = positionals
    const folder = join(values.data, 'knowledge')
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

const domains = ['enterprise-attack', 'ics-attack', 'mobile-attack']

async function importBundles(
  files: readonly string[],
  folder: string,
  io: Io,
  write: Write,
): Promise<number> {
  let failed = false
  for (const file of files) {
    const bytes = await readInput(file, io)
    const { value: catalogue, problems } = readAttackBundle(parseJson(bytes.toString('utf8'), file))
    if (catalogue.techniques.length === 0 || !domains.includes(catalogue.domain)) {
      failed = true
      write(
        { file, imported: false, problems },
        `${file}: not imported: ${problems[0]?.message ?? 'unknown domain'}`,
      )
      continue
    }
    const before = await storedCatalogue(folder, catalogue.domain)
    await store(folder, catalogue)
    const changes = changesBetween(before, catalogue)
    const { domain, version } = catalogue
    const record = {
      file,
      imported: true,
      domain,
      version,
      techniques: catalogue.techniques.length,
      ...changes,
      problems,
    }
    write(
      record,
      `${domain} ${version}: ${catalogue.techniques.length} techniques, ${changes.added.length} new, ${changes.removed.length} gone since ${before?.version ?? 'nothing'}`,
    )
  }
  return failed ? 1 : 0
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('unreadable-input', `${file} is no JSON: ${messageOf(error)}`, { cause: error })
  }
}

/** Written beside and renamed, so that a reader never sees half a file. */
async function store(folder: string, catalogue: AttackCatalogue): Promise<void> {
  await mkdir(folder, { recursive: true })
  const target = join(folder, `${catalogue.domain}.json`)
  await writeFile(`${target}.new`, JSON.stringify(catalogue))
  await rename(`${target}.new`, target)
}

async function storedCatalogue(folder: string, domain: string): Promise<AttackCatalogue | undefined> {
  try {
    // Written by `store` above, and by nothing else.
    return JSON.parse(await readFile(join(folder, `${domain}.json`), 'utf8')) as AttackCatalogue
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new AppError(
      'unreadable-input',
      `cannot read ${folder}: ${messageOf(error)}; import the bundle again`,
      { cause: error },
    )
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

async function showVersions(folder: string, write: Write): Promise<number> {
  const { domain, version } = attackVersion
  write(
    { domain, version, techniques: techniques.length, source: 'shipped' },
    `${domain} ${version}: ${techniques.length} techniques (facts that ship)`,
  )
  for (const name of domains) {
    const catalogue = await storedCatalogue(folder, name)
    if (catalogue === undefined) continue
    const count = catalogue.techniques.length
    write(
      { domain: name, version: catalogue.version, techniques: count, source: 'imported' },
      `${name} ${catalogue.version}: ${count} techniques (imported)`,
    )
  }
  return 0
}

async function showTechniques(ids: readonly string[], folder: string, write: Write): Promise<number> {
  const catalogues = await Promise.all(domains.map(domain => storedCatalogue(folder, domain)))
  let unknown = false
  for (const id of ids) {
    const imported = catalogues
      .flatMap(catalogue => catalogue?.techniques ?? [])
      .find(technique => technique.id === id.toUpperCase())
    const found = lookUpTechnique(id)
    if (found.kind === 'current') {
      const { technique } = found
      const description = imported?.description
      const tactics = technique.tactics.map(({ name }) => name)
      write(
        { ...technique, tactics, ...(description === undefined ? {} : { description }) },
        `${technique.id} ${titleOf(technique)} (${tactics.join(', ')})${description === undefined ? '' : `\n${description}`}`,
      )
    } else if (imported !== undefined)
      write(
        imported,
        `${imported.id} ${imported.name} (${imported.tactics.join(', ')})\n${imported.description}`,
      )
    else if (found.kind === 'retired') {
      const successor = found.replacement
      write(
        { id, name: found.name, retired: true, replacement: successor?.id ?? null },
        `${id} ${found.name}: retired, ${successor === undefined ? 'nothing took its place' : `now ${successor.id} ${titleOf(successor)}`}`,
      )
    } else {
      unknown = true
      write({ id, unknown: true }, `${id}: ATT&CK has no such technique`)
    }
  }
  return unknown ? 1 : 0
}
