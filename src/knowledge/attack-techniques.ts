/**
 * ATT&CK Enterprise techniques and tactics as facts: ids, names, tactics, platforms, parents. Pure data, loaded with the
 * module (about 120 KB). Descriptions are not shipped (see data/README.md).
 */
import facts from './data/attack-enterprise.json' with { type: 'json' }
import retiredRows from './data/attack-retired.json' with { type: 'json' }

/** The version of ATT&CK that the facts come from, to show beside every mapping. */
export const attackVersion: { readonly domain: string; readonly version: string } = {
  domain: facts.domain,
  version: facts.version,
}

export interface Tactic {
  /** `TA0001` */
  readonly id: string
  /** `Initial Access` */
  readonly name: string
  /** `initial-access`, as in STIX kill chain phases and in Navigator layers. */
  readonly shortName: string
}

export interface Technique {
  /** `T1059` or `T1059.001` */
  readonly id: string
  /** The technique's own name. Sub-techniques share names (`Cloud Accounts`): show `titleOf` to people. */
  readonly name: string
  /** Tactics in the order ATT&CK lists them. */
  readonly tactics: readonly Tactic[]
  readonly platforms: readonly string[]
  /** The object's version, `2.1`. */
  readonly version: string
  /** The parent's id, for sub-techniques. */
  readonly parent?: string
}

/** What an id is: current, retired (with what took its place, where anything did), or not of ATT&CK at all. */
export type TechniqueLookup =
  | { readonly kind: 'current'; readonly technique: Technique }
  | { readonly kind: 'retired'; readonly name: string; readonly replacement?: Technique }
  | { readonly kind: 'unknown' }

/** Every Enterprise tactic, by id. */
export const tactics: readonly Tactic[] = facts.tactics.map(([id = '', name = '', shortName = '']) => ({
  id,
  name,
  shortName,
}))

const tacticByShortName = new Map(tactics.map(tactic => [tactic.shortName, tactic]))

// The rows are tuples, which a JSON module's type does not say: [id, name, tactics, platforms, version].
type TechniqueRow = readonly [string, string, readonly string[], readonly string[], string]

/** Every current Enterprise technique and sub-technique, by id. */
export const techniques: readonly Technique[] = (facts.techniques as unknown as TechniqueRow[]).map(
  ([id, name, phases, platforms, version]) => ({
    id,
    name,
    tactics: phases.flatMap(phase => tacticByShortName.get(phase) ?? []),
    platforms,
    version,
    ...(id.includes('.') ? { parent: id.slice(0, 5) } : {}),
  }),
)

const byId = new Map(techniques.map(technique => [technique.id, technique]))
const retired = new Map(
  retiredRows.map(([id = '', name = '', replacement]) => [id, { name, replacement }] as const),
)
const byName = Map.groupBy(techniques, technique => technique.name.toLowerCase())
const children = Map.groupBy(
  techniques.filter(technique => technique.parent !== undefined),
  technique => technique.parent ?? '',
)

/** Looks an id up, in any case: `t1059.001`. */
export function lookUpTechnique(id: string): TechniqueLookup {
  const key = id.trim().toUpperCase()
  const technique = byId.get(key)
  if (technique !== undefined) return { kind: 'current', technique }
  const old = retired.get(key)
  if (old === undefined) return { kind: 'unknown' }
  const replacement = old.replacement === undefined ? undefined : byId.get(old.replacement)
  return { kind: 'retired', name: old.name, ...(replacement === undefined ? {} : { replacement }) }
}

/** The current technique behind an id: itself, or what took a retired one's place. Undefined where nothing did. */
export function currentTechnique(id: string): Technique | undefined {
  const found = lookUpTechnique(id)
  if (found.kind === 'current') return found.technique
  return found.kind === 'retired' ? found.replacement : undefined
}

/** Techniques of that name, in any case; several sub-techniques can share one. Retired names find what replaced them. */
export function techniquesNamed(name: string): readonly Technique[] {
  const key = name.trim().toLowerCase()
  return byName.get(key) ?? retiredNames.get(key) ?? []
}

const retiredNames = new Map<string, readonly Technique[]>(
  [...retired].map(([id, old]) => {
    const technique = currentTechnique(id)
    return [old.name.toLowerCase(), technique === undefined ? [] : [technique]]
  }),
)

/** The sub-techniques of a technique; empty for a sub-technique or an unknown id. */
export function subTechniquesOf(id: string): readonly Technique[] {
  return children.get(id.trim().toUpperCase()) ?? []
}

/** How a person reads it: `Phishing: Spearphishing Attachment`. */
export function titleOf(technique: Technique): string {
  const parent = technique.parent === undefined ? undefined : byId.get(technique.parent)
  return parent === undefined ? technique.name : `${parent.name}: ${technique.name}`
}

/** A tactic by id (`TA0002`), name (`Execution`) or short name (`execution`), in any case. */
export function findTactic(text: string): Tactic | undefined {
  const key = text.trim().toLowerCase()
  return tactics.find(tactic =>
    [tactic.id.toLowerCase(), tactic.name.toLowerCase(), tactic.shortName].includes(key),
  )
}
