/** One step of a JSON pointer, escaped (RFC 6901). */
export function pointerToken(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The pointer to a path of keys: `['rule', 'level']` is `/rule/level`. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map(key => `/${pointerToken(key)}`).join('')
}

/** The value that a JSON pointer names, or `undefined`. Own members only: `__proto__` finds nothing. */
export function readPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document
  let value: unknown = document
  for (const token of pointer.slice(1).split('/')) {
    const key = token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
