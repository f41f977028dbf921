/** One line of a comparison of two texts. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Texts of more lines than this are shown as one removed and one added: nobody reads such a comparison. */
const mostLines = 2000

/** What changed between two texts, line by line: the longest common subsequence stays. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [left, right] = [linesOf(before), linesOf(after)]
  if (left.length > mostLines || right.length > mostLines)
    return [...marked(left, 'removed'), ...marked(right, 'added')]
  // lengths[i][j]: how much left[i…] and right[j…] have in common.
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = left.length - 1; i >= 0; i--) {
    const row = lengths[i]
    if (row === undefined) continue
    for (let j = right.length - 1; j >= 0; j--)
      row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [old, fresh] = [left[i], right[j]]
    if (old !== undefined && old === fresh) {
      lines.push({ kind: 'same', text: old })
      i++
      j++
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'removed', text: old })
      i++
    } else if (fresh !== undefined) {
      lines.push({ kind: 'added', text: fresh })
      j++
    }
  }
  return lines
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function marked(lines: readonly string[], kind: DiffLine['kind']): DiffLine[] {
  return lines.map(text => ({ kind, text }))
}
