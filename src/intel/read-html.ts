import { load } from 'cheerio'
import { cutText } from '../lib/cut-text.ts'
import { problem } from '../lib/problem.ts'
import type { ReportText } from './report-text.ts'

/** Elements that hold no prose: code that would run, and what surrounds an article. */
const removed = 'script,style,noscript,template,svg,iframe,object,embed,nav,footer,form,button,link,meta'

const blocks = new Set(
  'p,div,section,article,header,main,aside,ul,ol,li,table,tr,h1,h2,h3,h4,h5,h6,pre,blockquote,figure,figcaption,dl,dt,dd,hr,br,body,html'.split(
    ',',
  ),
)

/** A larger page is cut before it is parsed: the parsed tree takes ten times its size. */
const longestPage = 12_000_000

/** The visible text of a page: blocks on lines of their own, table cells split by tabs. Scripts are dropped unread. */
export function readHtml(html: string): ReportText {
  const page = cutText(html, longestPage)
  const $ = load(flattened(page))
  const title =
    $('meta[property="og:title"]').attr('content') ?? $('title').first().text() ?? $('h1').first().text()
  const url = $('link[rel="canonical"]').attr('href') ?? $('meta[property="og:url"]').attr('content')
  $(removed).remove()
  const pieces: string[] = []
  collect($.root().toArray(), pieces)
  const text = pieces
    .join('')
    .replaceAll(/[^\S\n\t]+/g, ' ')
    .replaceAll(/ ?\n[ \n]*/g, '\n')
    .trim()
  const problems =
    page.length < html.length
      ? [problem('text-cut', `the page is longer than ${longestPage} characters`)]
      : []
  return {
    text,
    format: 'html',
    problems,
    ...(title.trim() === '' ? {} : { title: cutText(title.replaceAll(/\s+/g, ' ').trim(), 300) }),
    ...(url === undefined ? {} : { url }),
  }
}

/** Browsers stop nesting at 512 as well. */
const deepest = 512
/** Elements that hold nothing, that the next of their kind ends, or whose content is no markup: they do not nest. */
const flat = new Set(
  'area,base,br,col,embed,hr,img,input,link,meta,source,track,wbr,p,li,dt,dd,tr,td,th,thead,tbody,tfoot,option,optgroup,body,html,head,script,style,textarea,title,xmp,iframe,noembed,noframes,noscript,plaintext'.split(
    ',',
  ),
)

/**
 * The page without the tags that would nest deeper. For each tag the parser looks through all that are open: 200 KB of `<div>`
 * kept it busy for a quarter of a minute.
 */
function flattened(page: string): string {
  const open = new Map<string, number>()
  let depth = 0
  return page.replaceAll(
    /<(\/?)([a-z][a-z0-9:-]{0,40})[^<>]{0,20000}>/gi,
    (tag, close: string, written: string) => {
      const name = written.toLowerCase()
      if (flat.has(name) || tag.endsWith('/>')) return tag
      const count = open.get(name) ?? 0
      if (close === '') {
        open.set(name, count + 1)
        return ++depth > deepest ? '\n' : tag
      }
      // What closes nothing would be looked for among all that is open.
      if (count === 0) return '\n'
      open.set(name, count - 1)
      return depth-- > deepest ? '\n' : tag
    },
  )
}

/** The part of a parsed node that is read here. */
interface PageNode {
  readonly type: string
  readonly name?: string
  readonly data?: string
  readonly children?: readonly PageNode[]
}

/** Walks with its own stack: a page nested a hundred thousand deep must not overflow the call stack. */
function collect(roots: readonly PageNode[], pieces: string[]): void {
  const pending: (PageNode | string)[] = [...roots].reverse()
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node === 'string') {
      pieces.push(node)
      continue
    }
    if (node.type === 'text') {
      pieces.push((node.data ?? '').replaceAll(/\s+/g, ' '))
      continue
    }
    const name = node.name ?? ''
    const edge = blocks.has(name) ? '\n' : name === 'td' || name === 'th' ? '\t' : ''
    pieces.push(edge)
    pending.push(edge)
    for (const child of [...(node.children ?? [])].reverse()) pending.push(child)
  }
}
