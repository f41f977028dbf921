import type { Span } from '../span.ts'
import type { View } from '../view.ts'

export function findSecrets(_view: View): Span[] {
  return []
}
