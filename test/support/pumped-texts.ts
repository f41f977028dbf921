import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** A pattern of the product with the texts that it is tried on. */
export interface PumpedPattern {
  readonly source: string
  readonly flags: string
  readonly file: string
  readonly texts: readonly string[]
}

const parser = new RegExpParser({ ecmaVersion: 2025 })
const repetitions = 60
const preferred = [...'a1A -_./:,;"\'=@\n\t<>()[]{}\\|%&#+*?!0é\u200b']

type Node = AST.Node

/**
 * Texts made to exhaust a pattern: what stands before each of its repeated parts, then that part sixty times over, then something
 * that makes the whole fail. For patterns with flags `u` or `v` classes are read as those flags say.
 */
export function pumpedTexts({ source, flags }: { source: string; flags: string }): string[] {
  const ast = parser.parsePattern(source, undefined, undefined, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  })
  const texts = new Set<string>()
  const visit = (node: Node, before: string): void => {
    switch (node.type) {
      case 'Pattern':
      case 'Group':
      case 'CapturingGroup':
        for (const alternative of node.alternatives) visit(alternative, before)
        break
      case 'Assertion':
        if (node.kind === 'lookahead' || node.kind === 'lookbehind')
          for (const alternative of node.alternatives) visit(alternative, before)
        break
      case 'Alternative': {
        let read = before
        for (const element of node.elements) {
          visit(element, read)
          read += sampleOf(element, flags)
        }
        break
      }
      case 'Quantifier':
        if (node.max > 20) for (const body of bodiesOf(node.element, flags)) add(before, body)
        visit(node.element, before)
        break
      default:
        break
    }
  }
  const add = (before: string, body: string) => {
    if (body === '') return
    for (const end of ['', '\u0001', 'x', '!'])
      texts.add(before + body.repeat(repetitions) + end).add(body.repeat(repetitions) + end)
  }
  visit(ast, '')
  return [...texts]
}

/** What a repeated part may be: each of its alternatives. */
function bodiesOf(element: Node, flags: string): string[] {
  const alternatives =
    element.type === 'Group' || element.type === 'CapturingGroup' ? element.alternatives : []
  return [...new Set([sampleOf(element, flags), ...alternatives.map(each => sampleOf(each, flags))])]
}

/** A short text that a part of a pattern matches, as near as no engine needs to be asked. */
function sampleOf(node: Node, flags: string): string {
  switch (node.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup': {
      const first = node.alternatives.find(({ elements }) => elements.length > 0)
      return first === undefined ? '' : sampleOf(first, flags)
    }
    case 'Alternative':
      return node.elements.map(element => sampleOf(element, flags)).join('')
    case 'Quantifier':
      return sampleOf(node.element, flags).repeat(Math.min(200, Math.max(node.min, Math.min(1, node.max))))
    case 'Character':
      return String.fromCodePoint(node.value)
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass': {
      const member = new RegExp(`^(?:${node.raw})$`, flags.replace(/[gyd]/g, ''))
      return preferred.find(character => member.test(character)) ?? 'a'
    }
    default:
      return ''
  }
}
