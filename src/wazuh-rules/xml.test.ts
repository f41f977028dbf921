import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseWazuhXml } from './xml.ts'
import { applyVariables } from './xml-variables.ts'

describe('Wazuh XML', () => {
  it('reads several roots, attributes, comments and escaped brackets', () => {
    const { elements, problems } = parseWazuhXml(
      `<!-- head --><group name="a,">\n  <rule id='1' level="3"><match>x \\<b> <!-- in --> y</match></rule>\n</group><var name="V">1</var>`,
    )
    expect(problems).toEqual([])
    expect(elements.map(({ name }) => name)).toEqual(['group', 'var'])
    const rule = elements[0]?.children[0]
    expect(rule?.attributes).toEqual([
      { name: 'id', value: '1' },
      { name: 'level', value: '3' },
    ])
    expect(rule?.children[0]?.text).toBe('x \\<b>  y')
    expect(rule?.place).toEqual({ line: 2, column: 3 })
  })

  it('reads elements that close themselves', () => {
    const { elements } = parseWazuhXml('<a><b/><c /><d x="1"/></a>')
    expect(elements[0]?.children.map(({ name }) => name)).toEqual(['b', 'c', 'd'])
  })

  it.each([
    ['<a>', 'not closed'],
    ['<a></b>', 'expected'],
    ['</a>', 'not opened'],
    ['<a x=1></a>', 'attribute'],
    ['<a x="1" x="2"></a>', 'twice'],
    ['<a><!-- </a>', 'comment'],
    ['<a'.repeat(3), 'no >'],
    [`${'<a>'.repeat(100)}`, 'deeper'],
    [`<a>${'x'.repeat(30_000)}</a>`, 'longer'],
  ])('refuses %.20s', (source, message) => {
    const { elements, problems } = parseWazuhXml(source)
    expect(elements).toEqual([])
    expect(problems[0]?.message).toContain(message)
    expect(problems[0]?.where).toMatch(/^line \d+, column \d+$/)
  })

  it('knows no entities, so that no bomb can grow', () => {
    const { elements } = parseWazuhXml('<a>&lol;&amp;</a>')
    expect(elements[0]?.text).toBe('&lol;&amp;')
  })

  it('never throws and never hangs', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '-',
      '"',
      "'",
      '=',
      'a',
      ' ',
      '\n',
      '\\',
      '<a>',
      '</a>',
      '<!--',
      '-->',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
        const { elements, problems } = parseWazuhXml(parts.join(''))
        expect(elements.length === 0 || problems.length === 0).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('variables', () => {
  const expand = (source: string) => applyVariables(parseWazuhXml(source).elements)

  it('are replaced in texts and attributes after their definition', () => {
    const { elements, problems } = expand('<var name="F">8|9</var><g n="$F"><m>^$F|a$|$(x)</m></g>')
    expect(problems).toEqual([])
    expect(elements[0]?.attributes[0]?.value).toBe('$F')
    expect(elements[0]?.children[0]?.text).toBe('^8|9|a$|$(x)')
  })

  it('are an error where they are not defined', () => {
    expect(expand('<var name="F">8</var><g><m>a$G.b</m></g>').problems[0]?.code).toBe('unknown-variable')
  })
})
