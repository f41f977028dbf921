import type { Entity, WazuhGeneration } from '../domain/alert.ts'
import { pointerOf } from '../lib/json-pointer.ts'
import { alertFields, type EntityField, findingFields } from './entity-fields.ts'
import { type Fields, findingPlaceAt, textsOf } from './field.ts'
import { foldEntity } from './fold-entity.ts'

/** No alert of Wazuh names more; a hostile one must not make every later stage slow. */
const maxEntities = 64

/** The things that an alert names, each with the field that names it, without repetition. */
export function findEntities(document: Fields, generation: WazuhGeneration): Entity[] {
  const found: Entity[] = []
  if (generation === 5) {
    for (const field of findingFields) {
      const place = findingPlaceAt(document, field.path)
      if (place !== undefined) take(field, place.value, pointerTo(place.keys, field), found)
    }
  } else {
    walk(document, alertTree, found)
  }
  return found
}

/** The table of fields as a tree, so that only branches that an alert has are looked at (measured: 3 times faster). */
interface FieldTree {
  readonly field: EntityField | undefined
  readonly children: readonly { readonly key: string; readonly tree: FieldTree }[]
}

function treeOf(fields: readonly EntityField[], depth: number): FieldTree {
  const byKey = Map.groupBy(
    fields.filter(field => field.path.length > depth),
    field => field.path[depth] ?? '',
  )
  return {
    field: fields.find(field => field.path.length === depth),
    children: [...byKey].map(([key, inner]) => ({ key, tree: treeOf(inner, depth + 1) })),
  }
}

const alertTree = treeOf(alertFields, 0)

function walk(value: unknown, tree: FieldTree, found: Entity[]): void {
  if (tree.field !== undefined) take(tree.field, value, tree.field.pointer, found)
  if (tree.children.length === 0 || value === null || typeof value !== 'object') return
  for (const { key, tree: child } of tree.children) {
    if (Object.hasOwn(value, key)) walk((value as Fields)[key], child, found)
  }
}

function take(field: EntityField, value: unknown, pointer: string, found: Entity[]): void {
  if (value === undefined) return
  if (typeof value === 'string' && field.type !== 'hash') add(entityOf(field, value, pointer), found)
  else
    for (const text of field.type === 'hash' ? hashesIn(value) : textsOf(value))
      add(entityOf(field, text, pointer), found)
}

function add(entity: Entity | undefined, found: Entity[]): void {
  if (entity === undefined || found.length >= maxEntities) return
  for (const known of found) if (known.value === entity.value && known.type === entity.type) return
  found.push(entity)
}

const keptPerField = 500
/** Longer values hardly come again, and would fill the memory. */
const longestKept = 200

/** What the texts of each field were read as, lately. */
const kept = new Map<EntityField, Map<string, Entity | undefined>>()

/**
 * The entity that a text names. A stream names the same few thousand again and again, so that the same object is given
 * (measured: a fifth of all that ingest allocated was made here).
 */
function entityOf(field: EntityField, text: string, pointer: string): Entity | undefined {
  if (text.length > longestKept || pointer !== field.pointer) return makeEntity(field, text, pointer)
  let byText = kept.get(field)
  if (byText === undefined || byText.size >= keptPerField) {
    byText = new Map()
    kept.set(field, byText)
  }
  const known = byText.get(text)
  if (known !== undefined || byText.has(text)) return known
  const made = makeEntity(field, text, pointer)
  byText.set(text, made)
  return made
}

function makeEntity(field: EntityField, text: string, pointer: string): Entity | undefined {
  const folded = foldEntity(field.type, text)
  return folded === undefined ? undefined : { type: field.type, value: folded, role: field.role, pointer }
}

/** The field's own pointer where the keys are not flattened: what is remembered goes by it. */
function pointerTo(keys: readonly string[], field: EntityField): string {
  return keys.length === field.path.length ? field.pointer : pointerOf(keys)
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
