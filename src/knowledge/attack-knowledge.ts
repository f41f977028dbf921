/**
 * ATT&CK as this installation knows it: the facts that ship and what was imported beside them, asked by id and by name. The facts
 * that ship go first: an import adds techniques and domains and takes nothing back. Built once where the program is put together,
 * and handed to everything that reads ids which others wrote.
 */
import { groups, mitigations, software } from './attack-actors.ts'
import type { AttackCatalogue } from './attack-bundle.ts'
import {
  attackVersion,
  findTactic,
  lookUpTechnique,
  tactics as shippedTactics,
  type Tactic,
  type Technique,
  techniquesNamed,
  titleOf,
} from './attack-techniques.ts'
import { type ImportedKnowledge, nothingImported } from './imported-knowledge.ts'
import { knowledgeVersions } from './knowledge-versions.ts'

/** A current technique of any domain. */
export interface KnownTechnique extends Technique {
  /** `enterprise-attack`, `ics-attack`, `mobile-attack`. */
  readonly domain: string
  /** As a person reads it: `Phishing: Spearphishing Attachment`. */
  readonly title: string
  /** What it is a technique of, with the version that says so: `ATT&CK 18.1`, `ATT&CK ICS 18.1`. */
  readonly of: string
  /** Keys of the columns of the matrix that it stands in. */
  readonly columns: readonly string[]
}

/**
 * Techniques beside those that ship, by every id that leads to them; a retired id that nothing took the place of leads to
 * `undefined`. Data: a worker takes it as it is.
 */
export type AddedTechniques = ReadonlyMap<string, KnownTechnique | undefined>

/** A domain of ATT&CK that is known here. */
export interface AttackDomain {
  /** `enterprise-attack`, as in bundles and Navigator layers. */
  readonly id: string
  /** `Enterprise` */
  readonly name: string
  readonly version: string
}

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
  /** Techniques of other domains than Enterprise whose name nothing else in ATT&CK has: the name alone tells which is meant. */
  readonly otherTechniques: readonly KnownTechnique[]
  /** Whether a technique, tactic, group, software, mitigation or campaign has or had the id. */
  readonly exists: (id: string) => boolean
  /** The ids of techniques and tactics of that name, in any case. Domains share names: there can be several. */
  readonly idsNamed: (name: string) => readonly string[]
  /** Enterprise's tactics, then those of each imported domain. */
  readonly columns: readonly MatrixColumn[]
  /** Enterprise, then each domain that was imported beside it. */
  readonly domains: readonly AttackDomain[]
  /** All that is known, with versions and digests, for records. */
  readonly versions: string
}

const enterprise = attackVersion.domain

/** As an attack goes, and as ATT&CK draws its matrices; those of no known place go last. */
const matrixOrder =
  'reconnaissance,resource-development,initial-access,execution,persistence,privilege-escalation,defense-evasion,evasion,credential-access,discovery,lateral-movement,collection,command-and-control,exfiltration,inhibit-response-function,impair-process-control,impact'.split(
    ',',
  )

/** A chain of retired ids that is longer goes in a circle. */
const mostReplacements = 8

/** Puts what was imported beside the facts that ship. */
export function attackKnowledge(knowledge: ImportedKnowledge): AttackKnowledge {
  const { attack } = knowledge
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
    const known = knownTechniques(catalogue)
    for (const technique of known) {
      name(technique.name, technique.id)
      if (!imported.has(technique.id)) imported.set(technique.id, technique)
    }
    for (const { id, replacement } of catalogue.retired)
      if (!replacements.has(id)) replacements.set(id, replacement)
    for (const object of catalogue.objects) {
      objectIds.add(object.id)
      if (object.kind === 'tactic') name(object.name, object.id)
    }
  }
  const idsNamed = (text: string) => {
    const tactic = findTactic(text)
    const shipped = [...techniquesNamed(text).map(({ id }) => id), ...(tactic ? [tactic.id] : [])]
    return [...new Set([...shipped, ...(named.get(text.trim().toLowerCase()) ?? [])])]
  }
  const added = new Map<string, KnownTechnique | undefined>(imported)
  for (const id of replacements.keys())
    if (!added.has(id)) added.set(id, successorOf(id, imported, replacements))
  return {
    added,
    current: id => currentAmong(added, id),
    otherTechniques: [...imported.values()].filter(
      ({ name: own, domain }) => domain !== enterprise && idsNamed(own).length === 1,
    ),
    exists(id) {
      const key = id.trim().toUpperCase()
      return standingAmong(added, key) !== 'unknown' || objectIds.has(key)
    },
    idsNamed,
    columns: [
      ...inMatrixOrder(shippedTactics).map(({ shortName, name: text }) => ({ key: shortName, name: text })),
      ...others.flatMap(catalogue =>
        usedTactics(catalogue).map(tactic => ({
          key: columnKey(catalogue.domain, tactic.shortName),
          name: `${tactic.name} (${domainName(catalogue.domain)})`,
        })),
      ),
    ],
    domains: [
      { id: enterprise, name: domainName(enterprise), version: attackVersion.version },
      ...others.map(({ domain, version }) => ({ id: domain, name: domainName(domain), version })),
    ],
    versions: knowledgeVersions(knowledge),
  }
}

/** The current technique behind an id in any case, of those that ship and of those added. */
export function currentAmong(added: AddedTechniques, id: string): KnownTechnique | undefined {
  const key = id.trim().toUpperCase()
  const shipped = lookUpTechnique(key)
  if (shipped.kind === 'unknown') return added.get(key)
  const technique = shipped.kind === 'current' ? shipped.technique : shipped.replacement
  return technique && shippedTechnique(technique)
}

function shippedTechnique(technique: Technique): KnownTechnique {
  return {
    ...technique,
    domain: enterprise,
    title: titleOf(technique),
    of: `ATT&CK ${attackVersion.version}`,
    columns: technique.tactics.map(({ shortName }) => shortName),
  }
}

/** What a technique's id is, in any case, of those that ship and of those added. */
export function standingAmong(added: AddedTechniques, id: string): 'current' | 'retired' | 'unknown' {
  const key = id.trim().toUpperCase()
  const shipped = lookUpTechnique(key).kind
  if (shipped !== 'unknown' || !added.has(key)) return shipped
  return added.get(key)?.id === key ? 'current' : 'retired'
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

function knownTechniques(catalogue: AttackCatalogue): KnownTechnique[] {
  const { domain, version: release, techniques } = catalogue
  const tacticOf = tacticsOf(catalogue)
  const names = new Map(techniques.map(({ id, name }) => [id, name]))
  const of = domain === enterprise ? `ATT&CK ${release}` : `ATT&CK ${domainName(domain)} ${release}`
  return techniques.map(({ id, name, tactics, platforms, version }) => {
    const parent = id.includes('.') ? id.slice(0, id.indexOf('.')) : undefined
    const above = parent === undefined ? undefined : names.get(parent)
    return {
      id,
      name,
      title: above === undefined ? name : `${above}: ${name}`,
      domain,
      of,
      tactics: tactics.map(tacticOf),
      platforms,
      version,
      columns: tactics.map(shortName => columnKey(domain, shortName)),
      ...(parent === undefined ? {} : { parent }),
    }
  })
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

/** The tactics that a catalogue's techniques are of. */
function usedTactics(catalogue: AttackCatalogue): Tactic[] {
  const tacticOf = tacticsOf(catalogue)
  const names = new Set(catalogue.techniques.flatMap(({ tactics }) => tactics))
  return inMatrixOrder([...names].map(tacticOf))
}

function inMatrixOrder(tactics: readonly Tactic[]): Tactic[] {
  const place = ({ shortName }: Tactic) =>
    (matrixOrder.indexOf(shortName) + matrixOrder.length + 1) % (matrixOrder.length + 1)
  return tactics.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name))
}

function columnKey(domain: string, shortName: string): string {
  return domain === enterprise ? shortName : `${domain}/${shortName}`
}

function domainName(domain: string): string {
  if (domain === enterprise) return 'Enterprise'
  if (domain === 'ics-attack') return 'ICS'
  return domain === 'mobile-attack' ? 'Mobile' : domain
}
