/** The value that a JSON text stands for; undefined, which no JSON text stands for, where it is none. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
