import type { Found } from './found.ts'

// A bare file name says which file is meant only where the text lists it: beside a digest, or under the words `file
// name`. In prose `install.exe` and `index.js` are anybody's, so a name that merely stands there is none.

const endings =
  'exe|dll|sys|scr|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|wsh|hta|msi|msix|lnk|jar|iso|img|vhdx?|apk|dmg|docm|xlsm|xlsb|xll|pptm|one|chm|cpl|ocx|pif|elf|bin|dat|tmp'
const name = new RegExp(
  String.raw`^[\p{L}\p{N}_$(\[{@#~!+-](?:[\p{L}\p{N}_$()\[\]{}@#&~!+',.-]| (?! )){0,100}\.(?:${endings})$`,
  'iu',
)
const digest = /(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])/i
const labelled =
  /^[\s*•>|#-]*(?:[\w-]{1,20}\s+){0,2}(?:file[ -]?names?|names? of (?:the )?files?)[*_]*\s*[:=|\t][*_]*\s*/i
const between = /\t|\||;|\s{2,}|\s+[-\u2013\u2014:]+\s+|,\s*(?=")|(?<=["`*]),|\s(?=["`*])|(?<=["`*])\s/g
const mostWords = 8

/** Programs of every system, and names that anybody gives. */
const everybodys =
  /^(?:cmd|powershell|pwsh|rundll32|regsvr32|wscript|cscript|mshta|explorer|svchost|msiexec|certutil|bitsadmin|schtasks|wmic|net1?|whoami|ipconfig|notepad|calc|conhost|lsass|services|winlogon|csrss|smss|taskhostw?|dllhost|chrome|msedge|firefox|iexplore|winword|excel|outlook|onenote|python\w*|javaw?|node|autoit3|curl|psexec|setup|install|installer|update|updater|index|main|run|start|test|sample|file|payload|malware|loader|data|config|kernel32|ntdll|user32|advapi32)\.\w+$/i

/** File names without a folder that a text lists. Offsets are of the name. */
export function findFileNames(text: string): Found[] {
  const found: Found[] = []
  let start = 0
  for (const line of text.split('\n')) {
    // Longer lines are no rows of a list.
    if (line.length <= 600) found.push(...namesIn(line, start))
    start += line.length + 1
  }
  return found
}

function namesIn(line: string, start: number): Found[] {
  const label = labelled.exec(line)?.[0]
  if (label === undefined && !digest.test(line)) return []
  return piecesOf(line, label?.length ?? 0).flatMap(({ text, at }) => {
    if (!name.test(text) || text.includes('..') || text.split(' ').length > mostWords) return []
    const place = { type: 'path' as const, value: text, start: start + at, end: start + at + text.length }
    return everybodys.test(text) ? [{ ...place, dropped: 'a file name that many files have' }] : [place]
  })
}

/** The cells of a row, without marks around them. */
function piecesOf(line: string, from: number): { readonly text: string; readonly at: number }[] {
  const pieces: { text: string; at: number }[] = []
  const add = (begin: number, end: number) => {
    const cell = line.slice(begin, end)
    const text = cell.replace(/^[\s"'`*_([<\u2022>:-]+/, '')
    const trimmed = text.replace(/[\s"'`*)\]>,;:]+$/, '')
    if (trimmed !== '') pieces.push({ text: trimmed, at: begin + cell.length - text.length })
  }
  let at = from
  const cuts = new RegExp(`${digest.source}[,:]?|${between.source}`, 'gi')
  for (const { index, 0: cut } of line.matchAll(cuts)) {
    if (index < at) continue
    add(at, index)
    at = index + cut.length
  }
  add(at, line.length)
  return pieces
}
