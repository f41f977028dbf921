/**
 * Reads D3FEND's own table of what counters which ATT&CK technique (`d3fend-full-mappings.json`, the answer of a SPARQL query, as
 * d3fend.mitre.org offers it for download). Tocsin ships a small mapping of its own; an import takes its place, id by id.
 */
import { z } from 'zod'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'

/** A defensive technique of D3FEND. */
export interface DefensiveTechnique {
  readonly name: string
  /** `Harden`, `Detect`, `Isolate` … */
  readonly tactic: string
  /** The last part of its address in the ontology, `MessageAnalysis`; empty where the table has none. */
  readonly id: string
}

export interface DefenceCatalogue {
  readonly domain: 'd3fend'
  readonly version: string
  /** By ATT&CK id, in the order of the table, each once. */
  readonly countermeasures: Readonly<Record<string, readonly DefensiveTechnique[]>>
}

const value = z
  .object({ value: z.string().max(500) })
  .optional()
  .catch(undefined)
const row = z.looseObject({
  off_tech_id: value,
  def_tech: value,
  def_tech_label: value,
  def_tactic_label: value,
})
const table = z.looseObject({ results: z.looseObject({ bindings: z.array(z.unknown()) }) })

/** The table as a catalogue. Rows that pair nothing are counted as one problem. */
export function readDefenceTable(json: unknown): Parsed<DefenceCatalogue> {
  const problems: Problem[] = []
  const found = new Map<string, Map<string, DefensiveTechnique>>()
  const parsed = table.safeParse(json)
  if (!parsed.success)
    problems.push(
      problem('not-a-table', 'this is not D3FEND’s table of mappings: it needs "results" with "bindings"'),
    )
  let left = 0
  for (const each of parsed.data?.results.bindings ?? []) {
    const binding = row.safeParse(each).data
    // Ids stand alone or at the end of an address: `https://attack.mitre.org/techniques/T1078/004/`.
    const id = /T\d{4}(?:[./]\d{3})?(?=\/?$)/.exec(binding?.off_tech_id?.value ?? '')?.[0].replace('/', '.')
    const name = binding?.def_tech_label?.value
    if (id === undefined || name === undefined || name === '') {
      left++
      continue
    }
    const address = binding?.def_tech?.value ?? ''
    const known = found.get(id) ?? new Map<string, DefensiveTechnique>()
    found.set(id, known)
    if (!known.has(name))
      known.set(name, {
        name,
        tactic: binding?.def_tactic_label?.value ?? '',
        id: address.slice(address.lastIndexOf('#') + 1),
      })
  }
  if (left > 0) problems.push(problem('broken-row', `${left} rows pair no technique with a defence`))
  const countermeasures = Object.fromEntries(
    [...found]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([id, techniques]) => [id, [...techniques.values()]]),
  )
  return { value: { domain: 'd3fend', version: 'unknown', countermeasures }, problems }
}

/** Whether a document is this table, to tell it from an ATT&CK bundle. */
export function isDefenceTable(json: unknown): boolean {
  return table.safeParse(json).success
}
