import type { Problem } from '../lib/problem.ts'
import { findAddresses } from './find-addresses.ts'
import { findNames } from './find-names.ts'
import { foldedView } from './fold.ts'
import type { NameIndex } from './name-index.ts'
import { placeholderShape } from './placeholder.ts'
import { mergeSpans, type Span } from './span.ts'

/** What `findSensitive` looks for. */
export interface Sought {
  readonly names: NameIndex
  /** Value classes to leave readable. */
  readonly keep: ReadonlySet<string>
}

/** Every sensitive piece of a text, in order, none overlapping. */
export function findSensitive(
  text: string,
  sought: Sought,
): { spans: readonly Span[]; problems: readonly Problem[] } {
  const view = foldedView(text)
  const found = [
    ...findNames(view, sought.names),
    ...findAddresses(view, sought.names),
    ...lookAlikes(text),
  ].filter(span => !sought.keep.has(span.class))
  return { spans: mergeSpans(found), problems: [] }
}

/** Text that could be taken for a placeholder of ours is replaced by one, and so reveals to itself. */
function lookAlikes(text: string): Span[] {
  return Array.from(text.matchAll(placeholderShape), match => ({
    start: match.index,
    end: match.index + match[0].length,
    class: 'literal',
    identity: `literal ${match[0]}`,
  }))
}
