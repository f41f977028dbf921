import type { Alert } from '../domain/alert.ts'
import { pointerToken, readPointer } from '../lib/json-pointer.ts'
import type { FieldText } from './signal.ts'

const maxTexts = 64
const maxDepth = 10
const maxLength = 4096

/**
 * The texts at or below a pointer, in order, each with its own pointer: parameters of cloud operations and arguments of
 * commands come as lists and objects whose members differ from one to the next. Bounded, since the alert is hostile.
 */
export function textsBelow({ document }: Pick<Alert, 'document'>, pointer: string): FieldText[] {
  const found: FieldText[] = []
  const look = (value: unknown, at: string, depth: number): void => {
    if (found.length >= maxTexts || depth > maxDepth) return
    if (typeof value === 'string') {
      if (value !== '') found.push({ pointer: at, text: value.slice(0, maxLength) })
    } else if (value !== null && typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) look(member, `${at}/${pointerToken(key)}`, depth + 1)
    }
  }
  look(readPointer(document, pointer), pointer, 0)
  return found
}
