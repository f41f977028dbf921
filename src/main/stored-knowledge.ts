import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttackCatalogue } from '../knowledge/attack-bundle.ts'
import { type AttackKnowledge, attackKnowledge } from '../knowledge/attack-knowledge.ts'
import type { DefenceCatalogue } from '../knowledge/d3fend-mappings.ts'
import type { ImportedKnowledge } from '../knowledge/imported-knowledge.ts'
import { AppError } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'

/** The kinds of ATT&CK bundle that are taken. */
export const attackDomains = ['enterprise-attack', 'ics-attack', 'mobile-attack'] as const

type Catalogue = AttackCatalogue | DefenceCatalogue

/** Keeps a catalogue in the data directory. Written beside and renamed, so that a reader never sees half a file. */
export async function storeCatalogue(dataDir: string, catalogue: Catalogue): Promise<void> {
  const folder = join(dataDir, 'knowledge')
  await mkdir(folder, { recursive: true })
  const target = join(folder, `${catalogue.domain}.json`)
  await writeFile(`${target}.new`, JSON.stringify(catalogue))
  await rename(`${target}.new`, target)
}

/** All that was imported into this data directory; nothing where nothing was. */
export function storedKnowledge(dataDir: string): ImportedKnowledge {
  return {
    attack: attackDomains.flatMap(domain => read<AttackCatalogue>(dataDir, domain) ?? []),
    defence: read<DefenceCatalogue>(dataDir, 'd3fend'),
  }
}

/** ATT&CK as this data directory knows it: what ships, and what was imported. */
export function storedAttack(dataDir: string): AttackKnowledge {
  return attackKnowledge(storedKnowledge(dataDir))
}

function read<Kind extends Catalogue>(dataDir: string, domain: Kind['domain']): Kind | undefined {
  const file = join(dataDir, 'knowledge', `${domain}.json`)
  try {
    // Written by `storeCatalogue`, and by nothing else.
    return JSON.parse(readFileSync(file, 'utf8')) as Kind
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new AppError(
      'unreadable-input',
      `cannot read ${file}: ${fileTrouble(error)}; import the bundle again`,
      { cause: error },
    )
  }
}
