import { alertTools } from './alert-tools.ts'
import { askTool } from './ask-tool.ts'
import { caseTools } from './case-tools.ts'
import { hostTools } from './host-tools.ts'
import { knowledgeTools } from './knowledge-tools.ts'
import { ruleTools } from './rule-tools.ts'
import { searchTools } from './search-tools.ts'
import type { Tool } from './tool.ts'
import type { ToolPorts } from './tool-ports.ts'

/**
 * Every tool of the assistant that these ports allow: the one list behind the chat, MCP and the command line. None
 * writes; a new one is an entry in its file.
 */
export function assistantTools(ports: ToolPorts): Tool[] {
  return [
    askTool(ports),
    ...alertTools(ports),
    ...(ports.database === undefined ? [] : caseTools(ports.database)),
    ...hostTools(ports.agents, ports.indexer),
    ...ruleTools(ports),
    ...knowledgeTools(ports),
    ...(ports.indexer === undefined ? [] : searchTools(ports.indexer)),
  ]
}
