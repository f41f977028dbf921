import { z } from 'zod'
import { groupsNamed, softwareNamed } from '../../knowledge/attack-actors.ts'
import {
  attackVersion,
  currentTechnique,
  findTactic,
  lookUpTechnique,
  subTechniquesOf,
  type Technique,
  techniques,
  titleOf,
} from '../../knowledge/attack-techniques.ts'
import { countermeasuresOf } from '../../knowledge/countermeasures.ts'
import {
  type ImportedKnowledge,
  importedCountermeasures,
  importedRetired,
  importedTechnique,
  nothingImported,
} from '../../knowledge/imported-knowledge.ts'
import { page, pageOf, plural, rowEvidence, type Tool, type ToolRow, tool } from './tool.ts'
import type { ToolPorts } from './tool-ports.ts'

const version = `${attackVersion.domain} ${attackVersion.version}`

/** Pinned knowledge: ATT&CK, what counters a technique, and the documentation that was imported. */
export function knowledgeTools(
  ports: Pick<ToolPorts, 'rankTechniques' | 'documents' | 'imported' | 'attack'>,
): Tool[] {
  const imported = ports.imported ?? nothingImported
  return [
    tool({
      name: 'attack_lookup',
      title: 'Look up ATT&CK',
      description: `Techniques by id, name, tactic or what they do; groups and software by name. ATT&CK ${version}.`,
      role: 'viewer',
      input: z.object({
        text: z.string().min(1).max(500).describe('T1027, obfuscation, Execution, APT29…'),
        ...page,
      }),
      async run({ text, ...wanted }) {
        const rows = rowsFor(text, ports, imported)
        const { shown, total, nextOffset } = pageOf(rows, wanted)
        return {
          summary:
            total === 0
              ? `ATT&CK ${version} has nothing for '${text}'.`
              : `ATT&CK ${version} on '${text}': ${plural(total, 'entry', 'entries')}.`,
          rows: shown,
          total,
          ...(nextOffset === undefined ? {} : { nextOffset }),
          evidence: shown.map(row =>
            rowEvidence(row, { source: 'attack', trust: 'knowledge-base', label: `ATT&CK ${version}` }),
          ),
        }
      },
    }),
    tool({
      name: 'countermeasures',
      title: 'What counters a technique (D3FEND)',
      description: 'Defensive techniques of D3FEND that meet an ATT&CK technique.',
      role: 'viewer',
      input: z.object({ technique: z.string().regex(/^T\d{4}(\.\d{3})?$/i) }),
      async run({ technique }) {
        const known = currentTechnique(technique)
        const other = importedTechnique(imported, technique)?.technique
        const defences = importedCountermeasures(imported, known?.id ?? technique)
        const rows = (defences ?? (known === undefined ? [] : countermeasuresOf(known))).map(each => ({
          ...each,
        }))
        const title =
          known === undefined ? other && `${other.id} ${other.name}` : `${known.id} ${titleOf(known)}`
        return {
          summary:
            title === undefined
              ? `${technique.toUpperCase()} is not in ATT&CK ${version}.`
              : `${plural(rows.length, 'countermeasure')} for ${title}.`,
          rows,
          total: rows.length,
          evidence: rows.map(row =>
            rowEvidence(row, {
              source: 'd3fend',
              trust: 'knowledge-base',
              label: defences === undefined ? 'D3FEND, as mapped by Tocsin' : 'D3FEND',
            }),
          ),
        }
      },
    }),
    tool({
      name: 'search_documents',
      title: 'Search the documentation',
      description: 'Passages of the documentation of Tocsin, and of whatever was imported beside it.',
      role: 'viewer',
      input: z.object({
        text: z.string().min(1).max(500),
        limit: z.number().int().min(1).max(10).default(4),
      }),
      async run({ text, limit }) {
        const found = ports.documents.search(text, limit)
        const rows = found.map(passage => ({
          document: passage.document,
          heading: passage.heading,
          text: passage.text,
        }))
        return {
          summary: `${plural(rows.length, 'passage')} on '${text}'.`,
          rows,
          total: rows.length,
          evidence: found.map(passage => ({
            kind: 'document',
            source: passage.document,
            pointer: passage.heading,
            quote: passage.text,
            trust: 'knowledge-base' as const,
            label: `${passage.document}: ${passage.heading}`,
          })),
        }
      },
    }),
  ]
}

function rowsFor(
  text: string,
  { rankTechniques, attack }: Pick<ToolPorts, 'rankTechniques' | 'attack'>,
  imported: ImportedKnowledge,
): ToolRow[] {
  const id = /^t\d{4}(?:\.\d{3})?$/i.test(text.trim()) ? text.trim().toUpperCase() : undefined
  if (id !== undefined) {
    const found = lookUpTechnique(id)
    if (found.kind === 'unknown') return importedRows(id, imported)
    if (found.kind === 'retired')
      return [
        { id, name: found.name, retired: true, replaced_by: found.replacement?.id ?? null },
        ...(found.replacement === undefined ? [] : [techniqueRow(found.replacement)]),
      ]
    return [techniqueRow(found.technique), ...subTechniquesOf(id).map(techniqueRow)]
  }
  const tactic = findTactic(text)
  if (tactic !== undefined)
    return techniques
      .filter(each => each.parent === undefined && each.tactics.some(other => other.id === tactic.id))
      .map(techniqueRow)
  const actors = [...groupsNamed(text), ...softwareNamed(text)].map(each => ({
    id: each.id,
    name: each.name,
    aliases: [...each.aliases],
  }))
  if (actors.length > 0) return actors
  const wanted = text.trim().toLowerCase()
  const other = attack?.otherTechniques.find(({ name }) => name.toLowerCase() === wanted)
  if (other !== undefined) return importedRows(other.id, imported)
  return rankTechniques(text)
    .slice(0, 10)
    .flatMap(({ id: ranked }) => {
      const technique = currentTechnique(ranked)
      return technique === undefined ? [] : [techniqueRow(technique)]
    })
}

/** A technique of ICS or Mobile, or of a newer version than ships. */
function importedRows(id: string, imported: ImportedKnowledge): ToolRow[] {
  const found = importedTechnique(imported, id)
  if (found !== undefined) {
    const { technique, catalogue } = found
    return [
      {
        id: technique.id,
        name: technique.name,
        tactics: [...technique.tactics],
        platforms: [...technique.platforms],
        of: `${catalogue.domain} ${catalogue.version}`,
        description: technique.description.slice(0, 2_000),
      },
    ]
  }
  const old = importedRetired(imported, id)?.retired
  return old === undefined
    ? []
    : [{ id, name: old.name, retired: true, replaced_by: old.replacement ?? null }]
}

function techniqueRow(technique: Technique): ToolRow {
  return {
    id: technique.id,
    name: titleOf(technique),
    tactics: technique.tactics.map(tactic => tactic.name),
    platforms: [...technique.platforms],
  }
}
