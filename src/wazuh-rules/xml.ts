import { type Problem, problem } from '../lib/problem.ts'

/** One element of a Wazuh XML file. Text is as written: Wazuh knows no entities and trims nothing. */
export interface XmlElement {
  readonly name: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlElement[]
  /** The text after the last child; before variables are replaced. */
  readonly text: string
  readonly place: Place
  /** Where the text begins. */
  readonly textPlace: Place
}

export interface XmlAttribute {
  readonly name: string
  readonly value: string
}

/** From 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

const longestText = 20480
const deepest = 64
const mostElements = 200_000

interface Open {
  name: string
  attributes: XmlAttribute[]
  children: XmlElement[]
  text: string
  place: Place
  textPlace: Place
}

class Broken extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/**
 * Reads Wazuh's own XML dialect: several root elements, comments anywhere (`<!-- -->`, `<! !>`), no entities, `\<`
 * for a literal `<` (the backslash stays), attributes in either quote. Text over 20,480 bytes, nesting over 64
 * levels and files over 200,000 elements are refused. A file with an error gives no elements, as in Wazuh.
 */
export function parseWazuhXml(source: string): {
  readonly elements: readonly XmlElement[]
  readonly problems: readonly Problem[]
} {
  try {
    return { elements: new XmlReader(source).read(), problems: [] }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    const place = placeFinder(source)(error.at)
    return { elements: [], problems: [problem('xml-syntax', error.message, placeText(place))] }
  }
}

export function placeText({ line, column }: Place): string {
  return `line ${line}, column ${column}`
}

/** Finds line and column of rising offsets in one pass. */
function placeFinder(source: string): (offset: number) => Place {
  let line = 1
  let lineStart = 0
  let scanned = 0
  return offset => {
    for (let next = source.indexOf('\n', scanned); next >= 0 && next < offset; ) {
      line++
      lineStart = next + 1
      scanned = next + 1
      next = source.indexOf('\n', scanned)
    }
    return { line, column: offset - lineStart + 1 }
  }
}

/** Holds the position; `read` may be called once. */
class XmlReader {
  readonly #source: string
  readonly #place: (offset: number) => Place
  #at = 0
  #count = 0

  constructor(source: string) {
    this.#source = source
    this.#place = placeFinder(source)
  }

  read(): XmlElement[] {
    const roots: XmlElement[] = []
    const stack: Open[] = []
    while (this.#at < this.#source.length) {
      const open = stack.at(-1)
      if (!this.#readText(open)) break
      const start = this.#at
      if (this.#source.charAt(this.#at + 1) === '/') {
        if (!open) throw new Broken(start, 'an element is closed that was not opened')
        const name = this.#readClosingName()
        if (name !== open.name) throw new Broken(start, `</${name}> where </${open.name}> was expected`)
        stack.pop()
        ;(stack.at(-1)?.children ?? roots).push(open)
      } else {
        const element = this.#readOpening()
        if (element.closed) (open?.children ?? roots).push(element.open)
        else stack.push(element.open)
        if (stack.length > deepest) throw new Broken(start, `nested deeper than ${deepest} levels`)
        if (open) open.text = ''
      }
    }
    const last = stack.at(-1)
    if (last)
      throw new Broken(this.#source.length, `<${last.name}> of ${placeText(last.place)} is not closed`)
    return roots
  }

  /** Reads up to the next `<` that opens a tag. False at the end of the file. */
  #readText(open: Open | undefined): boolean {
    let escaped = false
    let text = ''
    while (this.#at < this.#source.length) {
      const letter = this.#source.charAt(this.#at)
      if (letter === '<' && this.#source.charAt(this.#at + 1) === '!') {
        this.#skipComment()
        continue
      }
      if (letter === '<' && !escaped) {
        if (open) open.text += text
        return true
      }
      escaped = letter === '\\' ? !escaped : false
      if (open) {
        text += letter
        if (text.length > longestText) throw new Broken(this.#at, `text longer than ${longestText} bytes`)
      }
      this.#at++
    }
    return false
  }

  #skipComment(): void {
    const dashes = this.#source.indexOf('-->', this.#at + 2)
    const mark = this.#source.indexOf('!>', this.#at + 2)
    const ends = [dashes < 0 ? -1 : dashes + 3, mark < 0 ? -1 : mark + 2].filter(end => end >= 0)
    if (ends.length === 0) throw new Broken(this.#at, 'a comment is not closed')
    this.#at = Math.min(...ends)
  }

  #readClosingName(): string {
    const end = this.#source.indexOf('>', this.#at)
    if (end < 0) throw new Broken(this.#at, 'a closing tag has no >')
    const name = this.#source.slice(this.#at + 2, end)
    this.#at = end + 1
    return name
  }

  #readOpening(): { readonly open: Open; readonly closed: boolean } {
    const start = this.#at
    const place = this.#place(start)
    const head = /[>\s]/g
    head.lastIndex = start + 1
    const end = head.exec(this.#source)
    if (!end) throw new Broken(start, 'a tag has no >')
    if (++this.#count > mostElements) throw new Broken(start, `more than ${mostElements} elements`)
    let name = this.#source.slice(start + 1, end.index)
    let closed = name.endsWith('/')
    if (closed) name = name.slice(0, -1)
    this.#at = end.index + 1
    const attributes: XmlAttribute[] = []
    if (end[0] !== '>') closed = this.#readAttributes(attributes) || closed
    const open = { name, attributes, children: [], text: '', place, textPlace: this.#place(this.#at) }
    return { open, closed }
  }

  /** Reads attributes up to and with the `>`. True where the element closes itself. */
  #readAttributes(attributes: XmlAttribute[]): boolean {
    const pattern = /\s*(?:(>)|(\/)[^<]*?>|([^\s=>/]+)=\s*(?:"([^">]*)"|'([^'>]*)')(?=[\s>/]))/y
    for (;;) {
      pattern.lastIndex = this.#at
      const found = pattern.exec(this.#source)
      if (!found) throw new Broken(this.#at, 'an attribute is not of the form name="value"')
      this.#at = pattern.lastIndex
      if (found[1] || found[2]) return found[2] !== undefined
      const name = found[3] ?? ''
      if (attributes.some(other => other.name === name))
        throw new Broken(this.#at, `the attribute '${name}' is there twice`)
      attributes.push({ name, value: found[4] ?? found[5] ?? '' })
    }
  }
}
