import type { Entity, WazuhGeneration } from '../domain/alert.ts'
import { pointerOf } from '../lib/json-pointer.ts'
import { commonFields, type EntityField, fieldsByBranch, findingFields } from './entity-fields.ts'
import { type Fields, fieldAt, fieldsOf, textsOf } from './field.ts'
import { foldEntity } from './fold-entity.ts'

/** No alert of Wazuh names more; a hostile one must not make every later stage slow. */
const maxEntities = 64

/** The things that an alert names, each with the field that names it, without repetition. */
export function findEntities(document: Fields, generation: WazuhGeneration): Entity[] {
  const found = new Map<string, Entity>()
  for (const field of fieldsOfInterest(document, generation)) {
    if (found.size >= maxEntities) break
    const value = fieldAt(document, field.path)
    if (value === undefined) continue
    for (const text of field.type === 'hash' ? hashesIn(value) : textsOf(value)) {
      const folded = foldEntity(field.type, text)
      if (folded === undefined) continue
      const key = `${field.type}:${folded}`
      if (!found.has(key)) {
        const pointer = pointerOf(
          Object.hasOwn(document, field.path.join('.')) ? [field.path.join('.')] : field.path,
        )
        found.set(key, { type: field.type, value: folded, role: field.role, pointer })
      }
    }
  }
  return [...found.values()]
}

function* fieldsOfInterest(document: Fields, generation: WazuhGeneration): Generator<EntityField> {
  if (generation === 5) {
    yield* findingFields
    return
  }
  yield* commonFields
  const data = fieldsOf(document.data)
  if (document.data !== undefined) yield* fieldsByBranch.data ?? []
  for (const branch in data) yield* ownBranch(`data/${branch}`)
  if (document.syscheck !== undefined) yield* fieldsByBranch.syscheck ?? []
}

function ownBranch(branch: string): readonly EntityField[] {
  return Object.hasOwn(fieldsByBranch, branch) ? (fieldsByBranch[branch] ?? []) : []
}

/** Sysmon writes `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`; IMPHASH is left out: it names no one file. */
function hashesIn(value: unknown): string[] {
  return textsOf(value).flatMap(text =>
    text.includes('=')
      ? [...text.slice(0, 1000).matchAll(/\b(?:MD5|SHA1|SHA256)=([0-9A-Fa-f]{32,64})/g)].map(
          match => match[1] ?? '',
        )
      : [text],
  )
}
