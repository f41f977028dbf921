import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { XmlElement } from '../wazuh-rules/xml.ts'

/** Writes rules in the usual layout. Texts are written as they were read: Wazuh's XML knows no entities. */
export function writeRules(groups: readonly XmlElement[]): string {
  return fromByteText(groups.map(group => writeElement(group, '')).join('\n'))
}

function writeElement({ name, attributes, children, text }: XmlElement, indent: string): string {
  const head = [name, ...attributes.map(({ name: key, value }) => `${key}=${quoted(value)}`)].join(' ')
  if (children.length > 0) {
    const inside = children.map(child => writeElement(child, `${indent}  `)).join('')
    return `${indent}<${head}>\n${inside}${indent}</${name}>\n`
  }
  return text === '' ? `${indent}<${head} />\n` : `${indent}<${head}>${text}</${name}>\n`
}

/** The reader lets no attribute hold both kinds of quotes. */
function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`
}
