import { BoundedMap } from './bounded-map.ts'

/** One step of a JSON pointer, escaped (RFC 6901). */
export function pointerToken(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The pointer to a path of keys: `['rule', 'level']` is `/rule/level`. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map(key => `/${pointerToken(key)}`).join('')
}

/** The pointers read lately, cut into keys: the code asks for the same few hundred of every alert. */
const cut = new BoundedMap<string, readonly string[]>(4096)

function keysOf(pointer: string): readonly string[] {
  return cut.touch(pointer, () =>
    pointer
      .slice(1)
      .split('/')
      .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~')),
  )
}

/** The value that a JSON pointer names, or `undefined`. Own members only: `__proto__` finds nothing. */
export function readPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document
  let value: unknown = document
  for (const key of keysOf(pointer)) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
