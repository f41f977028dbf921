import { z } from 'zod'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import type { ReportFormat, ReportText } from './report-text.ts'

/** Fields that identify or date an object and name nothing observable. */
const bookkeeping =
  /^(?:id|uuid|type|spec_version|created|modified|created_by_ref|timestamp|date|publish_timestamp|valid_from|valid_until|object_refs|source_ref|target_ref|relationship_type|pattern_type|pattern_version|event_id|object_id|org_id|orgc_id|sharing_group_id|category|distribution|deleted|to_ids|disable_correlation|sighting_of_ref|object_marking_refs|marking_ref|schema|x_mitre_\w+|labels|contact_information)$/

/** The TLP marking definitions of STIX 2.1 (TLP 1.0 and 2.0), which a bundle may only refer to. */
const markings: Record<string, string> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'TLP:CLEAR',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'TLP:GREEN',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'TLP:AMBER',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'TLP:RED',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'TLP:CLEAR',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'TLP:GREEN',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'TLP:AMBER',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'TLP:AMBER+STRICT',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'TLP:RED',
}

/**
 * A STIX bundle, MISP event or any other JSON as text: every string that says something, one a line, with its field.
 * The extractors then read it like prose; `[domain-name:value = 'evil.example']` holds a domain for them too.
 */
export function readJson(source: string): ReportText {
  const { value, problems } = parseJsonDocuments(source)
  const lines: string[] = []
  for (const document of value) flatten(document, lines)
  const marks = Object.keys(markings).filter(id => source.includes(id))
  const text = [...new Set(marks.map(id => markings[id] ?? '')), ...lines].join('\n')
  const title = titleOf(value)
  return { text, format: formatOf(value), problems, ...(title === undefined ? {} : { title }) }
}

/** Depth first, with its own stack: JSON nested deep must not overflow the call stack. */
function flatten(root: unknown, lines: string[]): void {
  const pending: { readonly key: string; readonly value: unknown }[] = [{ key: '', value: root }]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { key, value } = item
    const told = recordLine(value)
    if (told !== undefined) lines.push(told.line)
    if (typeof value === 'string') lines.push(key === '' ? value : `${key}: ${value}`)
    else if (Array.isArray(value)) for (const entry of value.toReversed()) pending.push({ key, value: entry })
    else if (typeof value === 'object' && value !== null)
      for (const [name, entry] of Object.entries(value).reverse())
        if (!bookkeeping.test(name) && !told?.fields.includes(name))
          // Where an object comes from, not what it is about.
          pending.push({
            key: key === 'external_references' && name === 'url' ? 'reference' : name,
            value: entry,
          })
  }
}

/** A STIX indicator or a MISP attribute as one line: what it is and whether it is to be looked for stands beside its value. */
function recordLine(
  value: unknown,
): { readonly line: string; readonly fields: readonly string[] } | undefined {
  const indicator = stixIndicator.safeParse(value).data
  if (indicator !== undefined) {
    const { name, indicator_types: types, pattern } = indicator
    const line = [name, types.length > 0 && `(${types.join(', ')})`, pattern].filter(Boolean).join(' ')
    return { line: `indicator: ${line}`, fields: ['name', 'indicator_types', 'pattern'] }
  }
  const attribute = mispAttribute.safeParse(value).data
  if (attribute === undefined) return undefined
  const { type, value: text, comment, to_ids: looked } = attribute
  const notes = [comment, looked === false ? 'to_ids is false' : ''].filter(note => note !== '')
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  return { line: `${type}: ${text}${note}`, fields: ['type', 'value', 'comment', 'object_relation'] }
}

const stixIndicator = z.looseObject({
  type: z.literal('indicator'),
  name: z.string().catch(''),
  indicator_types: z.array(z.string()).catch([]),
  pattern: z.string(),
})
const mispAttribute = z.looseObject({
  type: z.string(),
  value: z.string(),
  comment: z.string().catch(''),
  to_ids: z.boolean().optional().catch(undefined),
})

function formatOf(documents: readonly unknown[]): ReportFormat {
  const first = documents[0]
  if (typeof first !== 'object' || first === null) return 'json'
  if ('type' in first && first.type === 'bundle') return 'stix'
  return 'Event' in first ? 'misp' : 'json'
}

function titleOf(documents: readonly unknown[]): string | undefined {
  const [first] = documents
  if (typeof first !== 'object' || first === null) return undefined
  if ('Event' in first && typeof first.Event === 'object' && first.Event !== null && 'info' in first.Event)
    return typeof first.Event.info === 'string' ? first.Event.info : undefined
  if ('objects' in first && Array.isArray(first.objects)) {
    const report = first.objects.find(object => object?.type === 'report')
    return typeof report?.name === 'string' ? report.name : undefined
  }
  if ('title' in first && typeof first.title === 'string') return first.title
  // A chat's export has its name.
  return 'name' in first && typeof first.name === 'string' ? first.name : undefined
}
