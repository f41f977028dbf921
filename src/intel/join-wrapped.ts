/**
 * Text from pages has a line end wherever the column was full: inside sentences, CVE ids, URLs and digests. What stood in one piece
 * before it was set is put together again, where the pieces tell that they are some; elsewhere lines stay apart: half an
 * indicator is missing, two glued together are a false one. Linear in the text, which whoever made the pages wrote.
 */
export function joinWrapped(text: string): string {
  const ids = text
    .replaceAll(/\b(CVE[-–])\n(?=\d{4}[-–]\d{4})/g, '$1')
    .replaceAll(/\b(CVE[-–]\d{4}[-–])\n(?=\d{4,7}\b)/g, '$1')
  return unwrapProse(joinDigests(joinUrls(ids)))
}

const digestLengths = new Set([32, 40, 64, 128])
const mostPieces = 32

/** Digests in a narrow cell: lines of nothing but hexadecimal digits that are digests when joined, in one way only. */
function joinDigests(text: string): string {
  const joined: string[] = []
  let run: string[] = []
  const close = () => {
    for (const line of wholeDigests(run)) joined.push(line)
    run = []
  }
  for (const line of text.split('\n')) {
    if (/^[0-9a-f]{1,128}$/i.test(line)) run.push(line)
    else {
      close()
      joined.push(line)
    }
  }
  close()
  return joined.join('\n')
}

/**
 * The lines as whole digests; as they are where they make none, or could make others: two lines of 32 may be two MD5s or one
 * SHA-256, and nobody can tell.
 */
function wholeDigests(lines: readonly string[]): readonly string[] {
  if (lines.length < 2 || lines.length > 2_000) return lines
  // From each line on: in how many ways the rest can be read, and the first group of the last way found.
  const ways: number[] = Array.from({ length: lines.length + 1 }, () => 0)
  const groups: number[] = []
  ways[lines.length] = 1
  for (let from = lines.length - 1; from >= 0; from--) {
    let length = 0
    for (let count = 1; count <= mostPieces && from + count <= lines.length && length < 128; count++) {
      length += lines[from + count - 1]?.length ?? 0
      if (!digestLengths.has(length) || !isOneCell(lines.slice(from, from + count))) continue
      const more = ways[from + count] ?? 0
      if (more > 0) groups[from] = count
      ways[from] = Math.min(2, (ways[from] ?? 0) + more)
    }
  }
  if (ways[0] !== 1) return lines
  const whole: string[] = []
  for (let from = 0; from < lines.length; from += groups[from] ?? 1)
    whole.push(lines.slice(from, from + (groups[from] ?? 1)).join(''))
  return whole
}

/** All lines of a cell but its last are as long as the cell is wide, give or take a letter. */
function isOneCell(pieces: readonly string[]): boolean {
  const widest = pieces.reduce((most, piece) => Math.max(most, piece.length), 0)
  return pieces.slice(0, -1).every(piece => piece.length >= widest - 1)
}

const urlAtEnd = /(?:^|[\s(<"'|])((?:h(?:tt|xx)ps?|ftp)\S{0,3}:?\]?\/\/\S{0,2000})$/i
/** A name that goes on below: `long-name-` and `example[.]com/x`. */
const nameAtEnd = /(?:^|[\s(<"'|])[a-z0-9][\w-]{0,60}-$/i

/** What `urlAtEnd` can reach back to: of a line that was put together, no more is looked at again for the next one. */
const longestEnd = 2_100

function joinUrls(text: string): string {
  const joined: string[] = []
  let end: string | undefined
  for (const line of text.split('\n')) {
    const isMore = end !== undefined && goesOn(end, line)
    if (!isMore && end !== undefined) joined.push('\n')
    joined.push(line)
    end = (isMore ? end + line : line).slice(-longestEnd)
  }
  return joined.join('')
}

function goesOn(before: string, line: string): boolean {
  const [token = ''] = /^\S{1,2000}/.exec(line) ?? []
  if (token === '' || /^(?:h(?:tt|xx)p|ftp)/i.test(token)) return false
  if (nameAtEnd.test(before) && /^[\w-]{1,60}(?:\[|\()\.(?:\]|\))/.test(token)) return true
  const url = urlAtEnd.exec(before)?.[1]
  if (url === undefined) return false
  if (/^[/?&=%][\w%=&?/.[-]/.test(token)) return true
  // A word of the next sentence or cell is not to become a part of the path.
  const alone = token.length === line.trimEnd().length
  return alone && /[/?&=_%-]$/.test(url) && (/[/.=?&_-]/.test(token) || token.length >= 12)
}

/** Lines of prose that end because the column was full, as one line. */
function unwrapProse(text: string): string {
  return text
    .split('\n\n')
    .map(paragraph => {
      const lines = paragraph.split('\n')
      const widest = lines.reduce((most, line) => Math.max(most, line.length), 0)
      const joined: string[] = []
      let last = ''
      for (const line of lines) {
        if (joined.length > 0 && isFull(last, widest) && continues(line))
          joined[joined.length - 1] = `${joined.at(-1)} ${line}`
        else joined.push(line)
        last = line
      }
      return joined.join('\n')
    })
    .join('\n\n')
}

/** A line of words that ran to the edge of its column without ending a sentence. */
function isFull(line: string, widest: number): boolean {
  return line.length >= 30 && line.length >= widest * 0.7 && /\S \S+ \S+ \S/.test(line) && !endsSentence(line)
}

/** With a mark, or in a cell of its own: whatever blanks stand behind it. */
function endsSentence(line: string): boolean {
  const words = line.trimEnd()
  return /[.:;!?]$/.test(words) || line.includes('\t', words.length)
}

function continues(line: string): boolean {
  return !line.includes('\t') && /^[\p{L}\d("'“]/u.test(line) && !/^(?:\d+[.)]|[-*•]) /.test(line)
}
