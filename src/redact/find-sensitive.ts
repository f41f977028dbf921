import type { ValueClass } from '../domain/value-class.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { findAddresses } from './find-addresses.ts'
import { type Blob, findBlobs } from './find-blobs.ts'
import { findFormats, findPaths } from './find-formats.ts'
import { findNames } from './find-names.ts'
import { foldedView } from './fold.ts'
import type { NameIndex, NameTrie } from './name-index.ts'
import { placeholderShape } from './placeholder.ts'
import { type RememberedValue, rememberedTrie } from './remembered-values.ts'
import { findSecrets } from './secrets/find-secrets.ts'
import { mergeSpans, type Span } from './span.ts'
import { unescapedView } from './unescape.ts'
import { changedParts, toSource, type View } from './view.ts'

/*
 * A text is looked at through views: folded, then with one layer of escapes after another taken off, then inside
 * each encoded run, to a bounded depth. What any view shows is carried back to the characters of the input.
 */

/** What `findSensitive` looks for. */
export interface Sought {
  readonly names: NameIndex
  /** Value classes to leave readable. */
  readonly keep: ReadonlySet<string>
}

export interface Found {
  /** In order, none overlapping. */
  readonly spans: readonly Span[]
  readonly problems: readonly Problem[]
}

const deepestEscape = 4
const deepestBlob = 4
/** How many decoded characters one text may cost, beside sixteen times its own length. */
const decodedLimit = 4 << 20

/** Every sensitive piece of a text. `remembered` is what earlier texts of the case have shown. */
export function findSensitive(
  text: string,
  sought: Sought,
  remembered: Iterable<RememberedValue> = [],
): Found {
  const search: Search = {
    sought,
    remembered: rememberedTrie(remembered),
    budget: decodedLimit + 16 * text.length,
    problems: [],
  }
  const views = viewsOf(text)
  const first = searchViews(views, search, 0)
  const again = rememberedTrie(
    first.map(({ identity, start, end }) => ({ identity, text: text.slice(start, end) })),
  )
  const repeated = again === undefined ? [] : views.flatMap(newParts).flatMap(part => findNames(part, again))
  const spans = [...first, ...repeated, ...lookAlikes(text)].filter(span => !sought.keep.has(span.class))
  return { spans: mergeSpans(spans), problems: search.problems }
}

interface Search {
  readonly sought: Sought
  readonly remembered: NameTrie | undefined
  /** Decoded characters still allowed. */
  budget: number
  readonly problems: Problem[]
}

/** What a view shows that the one before it did not. */
function newParts(view: View, depthOfEscapes: number): readonly View[] {
  return depthOfEscapes === 0 ? [view] : changedParts(view)
}

function searchViews(views: readonly View[], search: Search, depth: number): Span[] {
  const { names } = search.sought
  // Names, secrets and paths may stand in any layer, and taking off one more can spoil them: a deeper view is looked
  // at where it differs. All other forms are looked for in the last.
  const spans = views
    .flatMap(newParts)
    .flatMap(part => [
      ...findNames(part, names),
      ...(search.remembered === undefined ? [] : findNames(part, search.remembered)),
      ...findSecrets(part),
      ...findPaths(part, names),
    ])
  const last = views.at(-1)
  if (last === undefined) return spans
  return [
    ...spans,
    ...findAddresses(last, names),
    ...findFormats(last, names),
    ...searchBlobs(last, search, depth),
  ]
}

/** The folded text, and what is left as each layer of escapes is taken off. */
function viewsOf(text: string): View[] {
  const views = [foldedView(text)]
  for (let view = views[0]; view !== undefined && views.length <= deepestEscape; ) {
    view = unescapedView(view)
    if (view !== undefined) views.push(view)
  }
  return views
}

function searchBlobs(view: View, search: Search, depth: number): Span[] {
  return findBlobs(view.text).flatMap(blob => {
    const valueClass = classOfBlob(blob, search, depth)
    if (valueClass === undefined) return []
    const range = toSource(view, blob.start, blob.end)
    const written = view.text.slice(blob.start, blob.end)
    const { content } = blob
    const readable = content !== 'too-large' && content.strength === 'text'
    return [
      {
        ...range,
        class: valueClass,
        identity: `encoded ${written}`,
        ...(readable ? { decoded: content.text } : {}),
      },
    ]
  })
}

/** The class to replace an encoded run as, or `undefined` where nothing sensitive is in it. */
function classOfBlob(blob: Blob, search: Search, depth: number): ValueClass | undefined {
  const { content } = blob
  if (content === 'too-large') return unscanned(search, 'an encoded run unpacks to more than can be scanned')
  search.budget -= content.text.length
  if (search.budget < 0 || depth >= deepestBlob) {
    return unscanned(search, 'runs are encoded too deeply or too often to be scanned')
  }
  const inside =
    content.strength === 'text'
      ? searchViews(viewsOf(content.text), search, depth + 1)
      : findNames(foldedView(content.text), search.sought.names).filter(span => span.end - span.start >= 4)
  const sensitive = inside.filter(span => !search.sought.keep.has(span.class))
  if (sensitive.length === 0) return undefined
  if (sensitive.some(span => span.class.startsWith('secret.'))) return 'secret.encoded'
  return content.compressed ? 'encoded.compressed' : `encoded.${blob.encoding}`
}

function unscanned(search: Search, message: string): ValueClass {
  if (!search.problems.some(({ code }) => code === 'encoded-unscanned')) {
    search.problems.push(problem('encoded-unscanned', `${message}: it was replaced whole`))
  }
  return 'encoded.unscanned'
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
