export interface Command {
  readonly label: string
  readonly group: string
  readonly keys?: string | undefined
  readonly run: () => void
}

/** The commands that hold every typed word, those that start with the first word first; all of them for no words. */
export function rankCommands(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const [first = ''] = words
  return commands
    .filter(({ label, group }) => {
      const haystack = `${label} ${group}`.toLowerCase()
      return words.every(word => haystack.includes(word))
    })
    .toSorted((a, b) => rank(a, first) - rank(b, first))
}

function rank({ label }: Command, word: string): number {
  const lower = label.toLowerCase()
  return lower.startsWith(word) ? 0 : lower.includes(` ${word}`) ? 1 : 2
}
