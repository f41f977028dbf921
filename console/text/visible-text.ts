/** A stretch of text as it is, or one character that would deceive the eye, with the name to show instead. */
export type TextRun =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'hidden'; readonly text: string; readonly name: string }

/**
 * Characters that an attacker can use to make a log line look like something else: C0/C1 controls (a tab and a line
 * feed are shown too where `keepLayout` is off), bidirectional overrides and isolates, zero-width and other invisible
 * format characters, tags, variation selectors, private use and lone surrogates. Source: Unicode TR36, TR39.
 */
const deceptive =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points on purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\ue000-\uf8ff\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/u

const layout = new Set(['\n', '\t', '\r'])

const shortNames: Readonly<Record<string, string>> = {
  '\0': 'NUL',
  '\t': 'TAB',
  '\n': 'LF',
  '\r': 'CR',
  '\u001b': 'ESC',
  '\u007f': 'DEL',
  '\u00ad': 'SHY',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
}

/** Splits text so that everything invisible or deceptive stands alone and can be shown by name. */
export function visibleRuns(text: string, keepLayout = false): TextRun[] {
  const runs: TextRun[] = []
  let plain = ''
  for (const character of text) {
    if (!deceptive.test(character) || (keepLayout && layout.has(character))) {
      plain += character
      continue
    }
    if (plain !== '') runs.push({ kind: 'plain', text: plain })
    plain = ''
    runs.push({ kind: 'hidden', text: character, name: nameOf(character) })
  }
  if (plain !== '') runs.push({ kind: 'plain', text: plain })
  return runs
}

/** The same as one string, for titles, tooltips and clipboard-free places: `a⟨RLO⟩b`. */
export function visibleText(text: string): string {
  return visibleRuns(text)
    .map(run => (run.kind === 'plain' ? run.text : `⟨${run.name}⟩`))
    .join('')
}

function nameOf(character: string): string {
  const short = shortNames[character]
  if (short !== undefined) return short
  const point = character.codePointAt(0) ?? 0
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
}
