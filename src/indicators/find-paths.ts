import type { Found } from './found.ts'

// One registry path segment: words with single spaces between them, or a placeholder in angle or square brackets.
const placeholder = String.raw`<[\w ._-]{1,40}>|\[[\w ._-]{1,40}\]|\{[\w-]{1,60}\}`
const word = String.raw`(?:[\w.+*@$%~!#&=-]|${placeholder})+`
const root = `HKEY_(?:LOCAL_MACHINE|CURRENT_USER|CLASSES_ROOT|USERS|CURRENT_CONFIG)|HK(?:LM|CU|CR|U|CC)`
const inner = `(?:(?!${root})${word})(?: (?!${root})${word}){0,5}`
const registry = new RegExp(
  String.raw`(?<![\w\\])<?(${root})>?:?((?:\\{1,2}${inner}(?=\\)){0,15}\\{1,2}(?!${root})${word})`,
  'gi',
)

// Windows paths: a drive, a variable, or a share. Inner segments may hold spaces; the last one only before an ending.
const fileWord = String.raw`(?:[\w.+@$%~!#&=,'()-]|${placeholder})+`
const fileInner = `${fileWord}(?: {1,2}${fileWord}){0,5} ?`
const ending = String.raw`\.[a-z][a-z0-9]{1,6}(?![\w.\\])`
const windowsPath = new RegExp(
  String.raw`(?<![\w\\:%])((?:[a-z]:|%[\w()]{2,30}%|\\\\[\w.$-]{2,60}|\$env:\w{2,30})\\{1,2}(?:(?:${fileInner})\\{1,2}(?=\S)){0,15}(?:${fileWord}(?: ${fileWord}){0,3}?${ending}|${fileWord}))`,
  'gi',
)

// Unix paths: from the root, home or a variable. A path of one segment needs an ending or it is a word after a slash.
const unixRoots =
  'Applications|Library|System|Users|Volumes|bin|boot|data|dev|etc|home|lib|lib64|media|mnt|opt|private|proc|root|run|sbin|srv|sys|tmp|usr|var'
const unixWord = String.raw`(?:[\w.+@%~#=,-]|${placeholder})+`
const unixPath = new RegExp(
  String.raw`(?<![\w/.:~)\]}>-])((?:~|\$HOME|\/(?:${unixRoots})(?=\/))(?:\/${unixWord}(?: ${unixWord}){0,3}(?=\/)){0,15}\/${unixWord})`,
  'g',
)

/** Registry keys as written, without the angle brackets some tools put around the hive. */
export function findRegistryKeys(text: string): Found[] {
  return [...text.matchAll(registry)].map(match => ({
    type: 'registry' as const,
    value: `${match[1]}${trimPath(match[2] ?? '')}`,
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** Windows and Unix file paths as written. */
export function findPaths(text: string): Found[] {
  return [windowsPath, unixPath].flatMap(pattern =>
    [...text.matchAll(pattern)].flatMap(match => {
      const value = trimPath(match[1] ?? '')
      const start = match.index
      const isPattern = /^[*?]/.test(text.slice(match.index + match[0].length))
      return !isPattern && isPath(value)
        ? [{ type: 'path' as const, value, start, end: start + value.length }]
        : []
    }),
  )
}

function trimPath(text: string): string {
  return text.replace(/[.,;:'")\]]+$/, tail => (/^[\])]/.test(tail) && /[[(]/.test(text) ? tail : ''))
}

/** Wildcards name no file; a drive with nothing behind it names no file either. */
function isPath(value: string): boolean {
  return !value.includes('*') && /[\\/][^\\/]+$/.test(value)
}
