import { type Problem, problem } from '../lib/problem.ts'
import { placeText, type XmlElement } from './xml.ts'

/**
 * Replaces `$NAME` by the value of `<var name="NAME">`, in texts and attributes that come after the variable in
 * the file. A name ends at `$`, `.`, `|`, `,`, a space or the end. `$(field)` stays. Variables are not nested, and
 * the result leaves the `var` elements out. An unknown name is an error, as in Wazuh.
 */
export function applyVariables(elements: readonly XmlElement[]): {
  readonly elements: readonly XmlElement[]
  readonly problems: readonly Problem[]
} {
  const values = new Map<string, string>()
  const problems: Problem[] = []
  const replaceIn = (text: string, element: XmlElement): string => {
    if (values.size === 0 || text.length <= 2 || !text.includes('$')) return text
    return text.replaceAll(/\$([^$.|, ]*)/g, (whole, name: string) => {
      const value = values.get(name.toLowerCase())
      if (value !== undefined) return value
      if (name !== '' && !name.startsWith('('))
        problems.push(
          problem(
            'unknown-variable',
            `the variable $${name} is not defined: put <var name="${name}"> before its first use`,
            placeText(element.textPlace),
          ),
        )
      return whole
    })
  }
  const visit = (element: XmlElement): XmlElement[] => {
    if (element.name.toLowerCase() === 'var') {
      const name = element.attributes.find(attribute => attribute.name.toLowerCase() === 'name')?.value
      if (name === undefined)
        problems.push(problem('variable-name', 'a <var> needs a name', placeText(element.place)))
      else values.set(name.toLowerCase(), element.text)
      return []
    }
    const attributes = element.attributes.map(({ name, value }) => ({
      name,
      value: replaceIn(value, element),
    }))
    const children = element.children.flatMap(visit)
    return [{ ...element, attributes, children, text: replaceIn(element.text, element) }]
  }
  return { elements: elements.flatMap(visit), problems }
}
