import { Parser } from 'htmlparser2'
import { mailLimits } from '../limits.ts'

/** A run of text that a reader would or would not see, with its place in the HTML source (UTF-16 offsets). */
export interface TextRun {
  readonly text: string
  readonly start: number
  readonly hidden: boolean
}

export interface HtmlLink {
  readonly kind: 'anchor' | 'form' | 'image' | 'frame' | 'refresh'
  readonly target: string
  /** What the reader sees of it: the anchor's text, or the alternative text of an image in it. */
  readonly text: string
  readonly hasImage: boolean
  readonly start: number
  readonly end: number
}

/** What there is to see and to click in an HTML part, found without running or fetching anything. */
export interface HtmlView {
  readonly runs: readonly TextRun[]
  readonly links: readonly HtmlLink[]
  readonly images: number
  readonly passwordFields: number
  readonly inputFields: number
  readonly scripts: readonly { readonly text: string; readonly start: number }[]
  readonly zeroFontCharacters: number
  readonly truncatedLinks: boolean
  /** Elements nest deeper than the limit; what follows was not read. */
  readonly tooDeep: boolean
}

const blocks = new Set(
  'p div br tr td th li ul ol table h1 h2 h3 h4 h5 h6 hr section article header footer blockquote center'.split(
    ' ',
  ),
)
const voids = new Set('br hr img input meta link area base col embed source track wbr'.split(' '))
const unseen = new Set(['style', 'script', 'head', 'title', 'template', 'noscript', 'object', 'svg'])
const hiddenStyle =
  /display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])opacity\s*:\s*0(?:\.0+)?(?![.\d])|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|(?<![-\w])height\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden/i
const tinyFont = /font-size\s*:\s*(?:0(?:\.\d+)?|1)\s*(?:(?:px|pt|em|rem|%)\s*)?(?:;|!|$)/i
const whiteText =
  /(?<![-\w])color\s*:\s*(?:#fff(?:fff)?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:;|!|$)/i
const anyBackground = /background/i

interface Open {
  readonly name: string
  readonly hidden: boolean
  readonly tiny: boolean
  readonly ground: boolean
}

// The parser's own stack costs time by the square of its depth, so depth is checked between pieces.
const chunkCharacters = 32_768

/** A picture of one pixel counts opens; it shows nothing. */
function isPixel(attributes: Readonly<Record<string, string>>): boolean {
  return /^[01](px)?$/.test(attributes.width ?? '') || /^[01](px)?$/.test(attributes.height ?? '')
}

/** Reads HTML tolerantly with a streaming parser: no recursion, no document tree. */
export function viewHtml(html: string): HtmlView {
  const runs: TextRun[] = []
  const links: HtmlLink[] = []
  const scripts: { text: string; start: number }[] = []
  const stack: Open[] = []
  let anchor: { target: string; text: string; hasImage: boolean; start: number } | undefined
  let images = 0
  let passwordFields = 0
  let inputFields = 0
  let zeroFontCharacters = 0
  let truncatedLinks = false
  let characters = 0

  const addLink = (
    kind: HtmlLink['kind'],
    target: string,
    text: string,
    hasImage: boolean,
    start: number,
    end: number,
  ) => {
    if (target.trim() === '') return
    if (links.length >= mailLimits.links) truncatedLinks = true
    else
      links.push({
        kind,
        target: target.trim().slice(0, 4096),
        text: text.replace(/\s+/g, ' ').trim(),
        hasImage,
        start,
        end,
      })
  }
  const closeAnchor = (end: number) => {
    if (anchor) addLink('anchor', anchor.target, anchor.text, anchor.hasImage, anchor.start, end)
    anchor = undefined
  }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const top = stack.at(-1)
        const style = attributes.style ?? ''
        const ground =
          (top?.ground ?? false) ||
          anyBackground.test(style) ||
          'bgcolor' in attributes ||
          'background' in attributes
        const tiny = (top?.tiny ?? false) || tinyFont.test(style)
        const pale = whiteText.test(style) || /^(#fff(fff)?|white)$/i.test(attributes.color ?? '')
        const hidden =
          (top?.hidden ?? false) ||
          unseen.has(name) ||
          'hidden' in attributes ||
          hiddenStyle.test(style) ||
          (pale && !ground)
        if (!voids.has(name) && stack.length <= mailLimits.htmlDepth)
          stack.push({ name, hidden, tiny, ground })
        if (blocks.has(name)) runs.push({ text: '\n', start: parser.startIndex, hidden: false })
        switch (name) {
          case 'a':
          case 'area':
            closeAnchor(parser.startIndex)
            anchor = { target: attributes.href ?? '', text: '', hasImage: false, start: parser.startIndex }
            break
          case 'img':
            if (!isPixel(attributes)) images++
            if (anchor) {
              anchor.hasImage = true
              anchor.text += ` ${attributes.alt ?? ''}`
            }
            addLink('image', attributes.src ?? '', '', true, parser.startIndex, parser.endIndex)
            break
          case 'form':
            addLink('form', attributes.action ?? '', '', false, parser.startIndex, parser.endIndex)
            break
          case 'iframe':
          case 'frame':
          case 'embed':
            addLink('frame', attributes.src ?? '', '', false, parser.startIndex, parser.endIndex)
            break
          case 'input':
            inputFields++
            if (/password/i.test(attributes.type ?? '')) passwordFields++
            break
          case 'meta':
            if (/refresh/i.test(attributes['http-equiv'] ?? '')) {
              const target = /url\s*=\s*['"]?([^'"]+)/i.exec(attributes.content ?? '')?.[1] ?? ''
              addLink('refresh', target, '', false, parser.startIndex, parser.endIndex)
            }
            break
        }
      },
      ontext(text) {
        const top = stack.at(-1)
        if (top?.name === 'script') {
          if (scripts.length < 50) scripts.push({ text: text.slice(0, 200_000), start: parser.startIndex })
          return
        }
        if (top?.name === 'style') return
        if (top?.tiny) zeroFontCharacters += text.trim().length
        if (characters > mailLimits.textCharacters) return
        characters += text.length
        runs.push({ text, start: parser.startIndex, hidden: (top?.hidden ?? false) || (top?.tiny ?? false) })
        if (anchor && anchor.text.length < 2_000) anchor.text += text
      },
      onclosetag(name) {
        if (name === 'a' || name === 'area') closeAnchor(parser.endIndex + 1)
        if (blocks.has(name)) runs.push({ text: '\n', start: parser.startIndex, hidden: false })
        const at = stack.findLastIndex(open => open.name === name)
        if (at !== -1) stack.length = at
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  )
  let tooDeep = false
  for (let at = 0; at < html.length && !tooDeep; at += chunkCharacters) {
    parser.write(html.slice(at, at + chunkCharacters))
    tooDeep = stack.length > mailLimits.htmlDepth
  }
  if (!tooDeep) parser.end()
  closeAnchor(html.length)
  return {
    runs,
    links,
    images,
    passwordFields,
    inputFields,
    scripts,
    zeroFontCharacters,
    truncatedLinks,
    tooDeep,
  }
}
