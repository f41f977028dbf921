import type { ValueClass } from '../domain/value-class.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { findAddresses } from './find-addresses.ts'
import { type Blob, findBlobs } from './find-blobs.ts'
import { findFormats, findPaths } from './find-formats.ts'
import { findNames } from './find-names.ts'
import { foldedView } from './fold.ts'
import { findLiterals } from './literals.ts'
import type { NameIndex } from './name-index.ts'
import type { NameTrie } from './name-trie.ts'
import { placeholderShape } from './placeholder.ts'
import { type RememberedValue, rememberedTrie } from './remembered-values.ts'
import { findSecrets } from './secrets/find-secrets.ts'
import { mergeSpans, type Span } from './span.ts'
import { spoilsForms } from './spoilt-forms.ts'
import { layersOf } from './unescape.ts'
import type { View } from './view.ts'

/*
 * A text is looked at through views: folded, then with one layer of escapes after another taken off, then inside
 * each encoded run, to a bounded depth. What any view shows is carried back to the characters of the input.
 *
 * Searching and choosing are two steps. What stands in a text depends on the inventory alone and is found once; which
 * of it is replaced depends on policy and on what the case has shown before, and is chosen as often as it is asked.
 */

/** What a text holds, whoever asks. Made by `searchText`. */
export interface SearchedText {
  readonly text: string
  readonly inside: SearchedViews
  readonly lookAlikes: readonly Span[]
  readonly problems: readonly Problem[]
}

interface SearchedViews {
  /** The text, and each layer of escapes taken off. */
  readonly views: readonly View[]
  readonly names: readonly Span[]
  /** What is found by its form or place. */
  readonly forms: readonly Span[]
  readonly runs: readonly EncodedRun[]
}

/** An encoded run, where it stands, and what is in it. */
interface EncodedRun {
  readonly start: number
  readonly end: number
  readonly identity: string
  readonly content: RunContent
}

type RunContent =
  | { readonly kind: 'unscanned' }
  | {
      readonly kind: 'text'
      readonly text: string
      readonly class: ValueClass
      readonly inside: SearchedViews
    }
  /** No text but bytes: only names are looked for in them. */
  | { readonly kind: 'bytes'; readonly class: ValueClass; readonly names: readonly Span[] }

export interface Found {
  /** In order, none overlapping. */
  readonly spans: readonly Span[]
  readonly problems: readonly Problem[]
}

const deepestEscape = 8
const deepestBlob = 4
/** How many decoded characters one text may cost, beside sixteen times its own length. */
const decodedLimit = 4 << 20

/** Looks for everything sensitive in a text. */
export function searchText(text: string, names: NameIndex): SearchedText {
  const search: Search = {
    names,
    budget: decodedLimit + 16 * text.length,
    problems: [],
    contents: new Map(),
  }
  const inside = searchViews(viewsOf(text), search, 0)
  return { text, inside, lookAlikes: lookAlikes(inside.views[0]), problems: search.problems }
}

/**
 * What of a searched text is to be replaced: all but the classes in `keep`. `remembered` is what earlier texts of the
 * case have shown.
 */
export function chooseSpans(
  { text, inside, lookAlikes, problems }: SearchedText,
  keep: ReadonlySet<string>,
  remembered: Iterable<RememberedValue> = [],
): Found {
  const first = spansOf(inside, { keep, remembered: rememberedTrie(remembered) })
  const again = rememberedTrie(
    first.map(({ identity, start, end }) => ({ identity, text: text.slice(start, end) })),
  )
  const repeated = again === undefined ? [] : findNames(inside.views, again)
  const spans = [...first, ...repeated, ...lookAlikes].filter(span => !keep.has(span.class))
  return { spans: mergeSpans(spans), problems }
}

interface Search {
  readonly names: NameIndex
  /** Decoded characters still allowed. */
  budget: number
  readonly problems: Problem[]
  /** By depth and decoded text: the same few words of a log's format decode to the same rubbish in every line. */
  readonly contents: Map<string, RunContent>
}

function searchViews(views: readonly View[], search: Search, depth: number): SearchedViews {
  const { names } = search
  findLiterals(views)
  // Names, secrets and paths may stand in any layer, and taking off one more can spoil them. All other forms are
  // looked for in the last, and in those where the next one may spoil them.
  const forms = views.flatMap((view, i) => {
    const next = views[i + 1]
    const everywhere = [...findSecrets(view), ...findPaths(view, names)]
    return next === undefined || spoilsForms(view, next)
      ? [...everywhere, ...findAddresses(view, names), ...findFormats(view, names)]
      : everywhere
  })
  const last = views.at(-1)
  return {
    views,
    names: findNames(views, names),
    forms,
    runs: last === undefined ? [] : findBlobs(last).map(blob => searchRun(blob, last, search, depth)),
  }
}

/** The folded text, and what is left as each layer of escapes is taken off. */
function viewsOf(text: string): View[] {
  return layersOf(foldedView(text), deepestEscape)
}

function searchRun(blob: Blob, view: View, search: Search, depth: number): EncodedRun {
  return {
    ...view.toSource(blob.start, blob.end),
    identity: `encoded ${view.text.slice(blob.start, blob.end)}`,
    content: searchContent(blob, search, depth),
  }
}

function searchContent({ content, encoding }: Blob, search: Search, depth: number): RunContent {
  if (content === 'too-large') return unscanned(search, 'an encoded run unpacks to more than can be scanned')
  search.budget -= content.text.length
  if (search.budget < 0 || depth >= deepestBlob) {
    return unscanned(search, 'runs are encoded too deeply or too often to be scanned')
  }
  const valueClass = content.compressed ? 'encoded.compressed' : (`encoded.${encoding}` as const)
  const key = `${depth} ${content.strength} ${valueClass} ${content.text}`
  const known = search.contents.get(key)
  if (known !== undefined) return known
  const searched: RunContent =
    content.strength === 'text'
      ? {
          kind: 'text',
          text: content.text,
          class: valueClass,
          inside: searchViews(viewsOf(content.text), search, depth + 1),
        }
      : {
          kind: 'bytes',
          class: valueClass,
          names: findNames([foldedView(content.text)], search.names).filter(
            ({ start, end }) => end - start >= 4,
          ),
        }
  search.contents.set(key, searched)
  return searched
}

function unscanned(search: Search, message: string): RunContent {
  if (!search.problems.some(({ code }) => code === 'encoded-unscanned')) {
    search.problems.push(problem('encoded-unscanned', `${message}: it was replaced whole`))
  }
  return { kind: 'unscanned' }
}

interface Choice {
  readonly keep: ReadonlySet<string>
  readonly remembered: NameTrie | undefined
}

/** Everything in searched views: first the names, so that a value keeps the identity that it had before. */
function spansOf(searched: SearchedViews, choice: Choice): Span[] {
  const { remembered } = choice
  const known = remembered === undefined ? [] : findNames(searched.views, remembered)
  const runs = searched.runs.flatMap(run => {
    const valueClass = classOfContent(run.content, choice)
    if (valueClass === undefined) return []
    const decoded = run.content.kind === 'text' ? { decoded: run.content.text } : {}
    return [{ start: run.start, end: run.end, class: valueClass, identity: run.identity, ...decoded }]
  })
  return [...searched.names, ...known, ...searched.forms, ...runs]
}

/** The class to replace an encoded run as, or `undefined` where nothing sensitive is in it. */
function classOfContent(content: RunContent, choice: Choice): ValueClass | undefined {
  if (content.kind === 'unscanned') return 'encoded.unscanned'
  const inside = content.kind === 'text' ? spansOf(content.inside, choice) : content.names
  const sensitive = inside.filter(span => !choice.keep.has(span.class))
  if (sensitive.length === 0) return undefined
  return sensitive.some(span => span.class.startsWith('secret.')) ? 'secret.encoded' : content.class
}

/**
 * Text that could be taken for a placeholder of ours is replaced by one, and so reveals to itself. Folded, since
 * whoever checks an answer folds, too: `［HOST-1］` would else speak of the real host.
 */
function lookAlikes(folded: View | undefined): Span[] {
  if (folded === undefined) return []
  return Array.from(folded.text.matchAll(placeholderShape), match => ({
    ...folded.toSource(match.index, match.index + match[0].length),
    class: 'literal',
    identity: `literal ${match[0]}`,
  }))
}
