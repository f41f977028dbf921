import type { Complain } from './read-rule.ts'
import type { XmlElement } from './xml.ts'

/**
 * Adds the techniques of a `<mitre>` block: `<id>`, or one `<tacticID>` with one `<techniqueID>`. A block that mixes
 * the two is left out, as in Wazuh.
 */
export function readMitre(
  before: readonly string[],
  element: XmlElement,
  complain: Complain,
): readonly string[] {
  const found = { id: [] as string[], tacticid: [] as string[], techniqueid: [] as string[] }
  for (const child of element.children) {
    const name = child.name.toLowerCase()
    if ((name !== 'id' && name !== 'tacticid' && name !== 'techniqueid') || child.text === '') {
      complain('mitre', `<${child.name}> in <mitre> is not an <id> with a technique`, child)
      return before
    }
    found[name].push(child.text)
  }
  const paired = found.tacticid.length === 1 && found.techniqueid.length === 1
  if (found.id.length > 0 && found.tacticid.length + found.techniqueid.length === 0)
    return [...new Set([...before, ...found.id])]
  if (found.id.length === 0 && paired) return [...new Set([...before, ...found.techniqueid])]
  if (element.children.length > 0)
    complain('mitre', '<mitre> holds either <id> elements, or one <tacticID> and one <techniqueID>', element)
  return before
}
