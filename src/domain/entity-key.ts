import type { Entity } from './alert.ts'

/** Entities come again and again as the same objects (`normalize/find-entities.ts`). */
const keys = new WeakMap<Pick<Entity, 'type' | 'value'>, string>()

/** `type:value`, the name under which an entity is compared. */
export function entityKey(entity: Pick<Entity, 'type' | 'value'>): string {
  const known = keys.get(entity)
  if (known !== undefined) return known
  const key = `${entity.type}:${entity.value}`
  keys.set(entity, key)
  return key
}
