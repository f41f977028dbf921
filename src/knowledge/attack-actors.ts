/** ATT&CK groups, software and mitigations as facts: ids, names and aliases. */
import facts from './data/attack-enterprise.json' with { type: 'json' }

export interface Group {
  /** `G0007` */
  readonly id: string
  readonly name: string
  /** Other names, as ATT&CK lists them. */
  readonly aliases: readonly string[]
}

export interface Software {
  /** `S0002` */
  readonly id: string
  readonly name: string
  readonly aliases: readonly string[]
  readonly kind: 'malware' | 'tool'
  readonly platforms: readonly string[]
}

export interface Mitigation {
  /** `M1036` */
  readonly id: string
  readonly name: string
}

// The rows are tuples, which a JSON module's type does not say.
type GroupRow = readonly [string, string, readonly string[]]
type SoftwareRow = readonly [string, string, readonly string[], 'malware' | 'tool', readonly string[]]

export const groups: readonly Group[] = (facts.groups as unknown as GroupRow[]).map(
  ([id, name, aliases]) => ({
    id,
    name,
    aliases,
  }),
)

export const software: readonly Software[] = (facts.software as unknown as SoftwareRow[]).map(
  ([id, name, aliases, kind, platforms]) => ({ id, name, aliases, kind, platforms }),
)

export const mitigations: readonly Mitigation[] = facts.mitigations.map(([id = '', name = '']) => ({
  id,
  name,
}))

/** Groups of that name or alias, in any case. An alias can belong to several: vendors overlap. */
export const groupsNamed = namedIn(groups)

/** Software of that name or alias, in any case. */
export const softwareNamed = namedIn(software)

function namedIn<T extends Group | Software>(objects: readonly T[]): (name: string) => readonly T[] {
  const byName = new Map<string, T[]>()
  for (const object of objects)
    for (const name of new Set([object.name, ...object.aliases].map(text => text.toLowerCase())))
      byName.set(name, [...(byName.get(name) ?? []), object])
  return name => byName.get(name.trim().toLowerCase()) ?? []
}
