/** What the editor underlines for a finding at this line and column (1-based) of a text: from there to the end of the line. */
export function lineMark(
  text: string,
  line: number,
  column: number | undefined,
): { readonly from: number; readonly to: number } | undefined {
  const lines = text.split('\n')
  const content = lines[line - 1]
  if (content === undefined) return undefined
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  const from = start + Math.min(Math.max(0, (column ?? 1) - 1), content.length)
  return { from, to: Math.max(from, start + content.length) }
}
