import type { AttackCatalogue, CatalogueTechnique } from './attack-bundle.ts'
import type { DefenceCatalogue, DefensiveTechnique } from './d3fend-mappings.ts'

/** What `tocsin knowledge import` has brought, beside the facts that ship. */
export interface ImportedKnowledge {
  readonly attack: readonly AttackCatalogue[]
  readonly defence: DefenceCatalogue | undefined
}

export const nothingImported: ImportedKnowledge = { attack: [], defence: undefined }

/** A technique of an imported catalogue by id, with the catalogue that has it. */
export function importedTechnique(
  { attack }: ImportedKnowledge,
  id: string,
): { readonly technique: CatalogueTechnique; readonly catalogue: AttackCatalogue } | undefined {
  for (const catalogue of attack) {
    const technique = catalogue.techniques.find(each => each.id === id.toUpperCase())
    if (technique !== undefined) return { technique, catalogue }
  }
  return undefined
}

/** What an imported catalogue says of an id that it no longer has. */
export function importedRetired({ attack }: ImportedKnowledge, id: string) {
  for (const catalogue of attack) {
    const retired = catalogue.retired.find(each => each.id === id.toUpperCase())
    if (retired !== undefined) return { retired, catalogue }
  }
  return undefined
}

/** What D3FEND says counters a technique; for a sub-technique that it does not name, what counters the one above. */
export function importedCountermeasures(
  { defence }: ImportedKnowledge,
  id: string,
): readonly DefensiveTechnique[] | undefined {
  const key = id.toUpperCase()
  return defence?.countermeasures[key] ?? defence?.countermeasures[key.slice(0, 5)]
}
