import { type DocumentIndex, indexDocuments } from '../documents/document-index.ts'
import type { Tool } from '../tools/tool.ts'

/** Always among the choice: most questions are about these. */
const always = ['search_alerts', 'ask']

/** The tools that fit a question best, by the words of their descriptions: small models lose their way among many. */
export function chooseTools(tools: readonly Tool[], question: string, limit: number): Tool[] {
  if (tools.length <= limit) return [...tools]
  const ranked = indexOf(tools)
    .search(question, tools.length)
    .map(passage => passage.document)
  const names = [...new Set([...always, ...ranked, ...tools.map(tool => tool.name)])].slice(0, limit)
  return tools.filter(tool => names.includes(tool.name))
}

// By the first tool: each question has a list of its own, of the same tools.
const indexes = new WeakMap<Tool, { readonly names: string; readonly index: DocumentIndex }>()

/** The tools by their words; made once, and anew where the list is another. */
function indexOf(tools: readonly Tool[]): DocumentIndex {
  const [first] = tools
  const names = tools.map(tool => tool.name).join(' ')
  const known = first && indexes.get(first)
  if (known?.names === names) return known.index
  const index = indexDocuments(
    tools.map(tool => ({
      name: tool.name,
      text: `# ${tool.title} ${tool.name.replaceAll('_', ' ')}\n${tool.description} ${Object.keys(tool.input.shape).join(' ').replaceAll('_', ' ')}`,
    })),
  )
  if (first !== undefined) indexes.set(first, { names, index })
  return index
}
