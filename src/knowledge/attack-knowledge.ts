/**
 * ATT&CK as this installation knows it: the facts that ship and what was imported beside them, asked by id and by name. The facts
 * that ship go first: an import adds techniques and domains and takes nothing back. Built once where the program is put together,
 * and handed to everything that reads ids which others wrote.
 */
import { groups, mitigations, software } from './attack-actors.ts'
import type { AttackCatalogue, CatalogueTechnique } from './attack-bundle.ts'
import {
  attackVersion,
  findTactic,
  lookUpTechnique,
  tactics as shippedTactics,
  type Tactic,
  type Technique,
  techniquesNamed,
} from './attack-techniques.ts'
import { type ImportedKnowledge, nothingImported } from './imported-knowledge.ts'

/** A current technique of any domain. */
export interface KnownTechnique extends Technique {
  /** Keys of the columns of the matrix that it stands in. */
  readonly columns: readonly string[]
}

/** Techniques beside those that ship, by every id that leads to them, retired ones too. Data: a worker takes it as it is. */
export type AddedTechniques = ReadonlyMap<string, KnownTechnique>

/** A column of the matrix. Domains share short names of tactics and not the tactics: the key tells them apart. */
export interface MatrixColumn {
  readonly key: string
  /** `Execution`, `Inhibit Response Function (ICS)`. */
  readonly name: string
}

export interface AttackKnowledge {
  readonly added: AddedTechniques
  /** The current technique behind an id in any case: itself, or what took a retired one's place. */
  readonly current: (id: string) => KnownTechnique | undefined
  /** Whether a technique, tactic, group, software, mitigation or campaign has or had the id. */
  readonly exists: (id: string) => boolean
  /** The ids of techniques and tactics of that name, in any case. Domains share names: there can be several. */
  readonly idsNamed: (name: string) => readonly string[]
  /** Enterprise's tactics, then those of each imported domain. */
  readonly columns: readonly MatrixColumn[]
  /** `ICS 18.1`, for each domain that was imported beside Enterprise. */
  readonly otherDomains: readonly string[]
  /** All that is known with its versions, for records: `enterprise-attack 18.1, ics-attack 18.1`. */
  readonly versions: string
}

const enterprise = attackVersion.domain

/** A chain of retired ids that is longer goes in a circle. */
const mostReplacements = 8

/** Puts what was imported beside the facts that ship. */
export function attackKnowledge({ attack }: ImportedKnowledge): AttackKnowledge {
  const others = attack.filter(({ domain }) => domain !== enterprise)
  const imported = new Map<string, KnownTechnique>()
  const replacements = new Map<string, string | undefined>()
  const objectIds = new Set([...shippedTactics, ...groups, ...software, ...mitigations].map(({ id }) => id))
  const named = new Map<string, string[]>()
  const name = (text: string, id: string) => {
    const key = text.trim().toLowerCase()
    named.set(key, [...(named.get(key) ?? []), id])
  }
  for (const catalogue of attack) {
    const tacticOf = tacticsOf(catalogue)
    for (const technique of catalogue.techniques) {
      name(technique.name, technique.id)
      if (!imported.has(technique.id))
        imported.set(technique.id, knownTechnique(technique, catalogue.domain, tacticOf))
    }
    for (const { id, replacement } of catalogue.retired)
      if (!replacements.has(id)) replacements.set(id, replacement)
    for (const object of catalogue.objects) {
      objectIds.add(object.id)
      if (object.kind === 'tactic') name(object.name, object.id)
    }
  }
  const added = new Map(imported)
  for (const id of replacements.keys()) {
    const successor = successorOf(id, imported, replacements)
    if (successor !== undefined && !added.has(id)) added.set(id, successor)
  }
  return {
    added,
    current: id => currentAmong(added, id),
    exists(id) {
      const key = id.trim().toUpperCase()
      return (
        lookUpTechnique(key).kind !== 'unknown' ||
        imported.has(key) ||
        replacements.has(key) ||
        objectIds.has(key)
      )
    },
    idsNamed(text) {
      const tactic = findTactic(text)
      const shipped = [...techniquesNamed(text).map(({ id }) => id), ...(tactic ? [tactic.id] : [])]
      return [...new Set([...shipped, ...(named.get(text.trim().toLowerCase()) ?? [])])]
    },
    columns: [
      ...shippedTactics.map(({ shortName, name: text }) => ({ key: shortName, name: text })),
      ...others.flatMap(catalogue =>
        usedTactics(catalogue).map(tactic => ({
          key: columnKey(catalogue.domain, tactic.shortName),
          name: `${tactic.name} (${domainName(catalogue.domain)})`,
        })),
      ),
    ],
    otherDomains: others.map(({ domain, version }) => `${domainName(domain)} ${version}`),
    versions: [
      `${enterprise} ${attackVersion.version}`,
      ...attack.map(({ domain, version }) =>
        domain === enterprise ? `${domain} ${version} imported` : `${domain} ${version}`,
      ),
    ].join(', '),
  }
}

/** The current technique behind an id in any case, of those that ship and of those added. */
export function currentAmong(added: AddedTechniques, id: string): KnownTechnique | undefined {
  const key = id.trim().toUpperCase()
  const shipped = lookUpTechnique(key)
  if (shipped.kind === 'unknown') return added.get(key)
  const technique = shipped.kind === 'current' ? shipped.technique : shipped.replacement
  return technique && { ...technique, columns: technique.tactics.map(({ shortName }) => shortName) }
}

/** What took the place of a retired id, however often that was replaced in turn. */
function successorOf(
  id: string,
  imported: AddedTechniques,
  replacements: ReadonlyMap<string, string | undefined>,
): KnownTechnique | undefined {
  let next = replacements.get(id)
  for (let step = 0; next !== undefined && step < mostReplacements; step++) {
    const found = currentAmong(imported, next)
    if (found !== undefined) return found
    next = replacements.get(next)
  }
  return undefined
}

/** What is known where nothing was imported. */
export const shippedAttack: AttackKnowledge = attackKnowledge(nothingImported)

function knownTechnique(
  { id, name, tactics, platforms, version }: CatalogueTechnique,
  domain: string,
  tacticOf: (shortName: string) => Tactic,
): KnownTechnique {
  const parent = id.includes('.') ? { parent: id.slice(0, id.indexOf('.')) } : {}
  const columns = tactics.map(shortName => columnKey(domain, shortName))
  return { id, name, tactics: tactics.map(tacticOf), platforms, version, columns, ...parent }
}

/** A catalogue's tactics by short name. Bundles name a phase by the tactic's name in lower case, with hyphens. */
function tacticsOf({ objects }: AttackCatalogue): (shortName: string) => Tactic {
  const known = new Map(
    objects
      .filter(({ kind }) => kind === 'tactic')
      .map(({ id, name }) => {
        const shortName = name.toLowerCase().replaceAll(' ', '-')
        return [shortName, { id, name, shortName }]
      }),
  )
  return shortName => known.get(shortName) ?? { id: '', name: shortName.replaceAll('-', ' '), shortName }
}

/** The tactics that a catalogue's techniques are of, by id. */
function usedTactics(catalogue: AttackCatalogue): Tactic[] {
  const tacticOf = tacticsOf(catalogue)
  const names = new Set(catalogue.techniques.flatMap(({ tactics }) => tactics))
  return [...names].map(tacticOf).sort((a, b) => a.id.localeCompare(b.id) || a.name.localeCompare(b.name))
}

function columnKey(domain: string, shortName: string): string {
  return domain === enterprise ? shortName : `${domain}/${shortName}`
}

function domainName(domain: string): string {
  if (domain === 'ics-attack') return 'ICS'
  return domain === 'mobile-attack' ? 'Mobile' : domain
}
