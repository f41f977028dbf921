import { indexDocuments } from '../documents/document-index.ts'
import type { Tool } from '../tools/tool.ts'

/** Always among the choice: most questions are about these. */
const always = ['search_alerts', 'ask']

/** The tools that fit a question best, by the words of their descriptions: small models lose their way among many. */
export function chooseTools(tools: readonly Tool[], question: string, limit: number): Tool[] {
  if (tools.length <= limit) return [...tools]
  const index = indexDocuments(
    tools.map(tool => ({
      name: tool.name,
      text: `# ${tool.title} ${tool.name.replaceAll('_', ' ')}\n${tool.description} ${Object.keys(tool.input.shape).join(' ').replaceAll('_', ' ')}`,
    })),
  )
  const ranked = index.search(question, tools.length).map(passage => passage.document)
  const names = [...new Set([...always, ...ranked, ...tools.map(tool => tool.name)])].slice(0, limit)
  return tools.filter(tool => names.includes(tool.name))
}
