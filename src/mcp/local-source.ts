import { describeTools, outcomeView } from '../chat/tools/describe-tools.ts'
import { type Asker, runTool, type Tool } from '../chat/tools/tool.ts'
import type { Clock } from '../lib/clock.ts'
import type { AssistantSource } from './assistant-server.ts'

/** The tools of this process, with the rights of `asker`. */
export function localSource(tools: readonly Tool[], asker: Asker, clock: Clock): AssistantSource {
  return {
    listTools: async () => describeTools(tools, asker),
    async callTool(name, input, signal) {
      return outcomeView(await runTool(tools, name, input, { asker, nowMs: clock.now(), signal }))
    },
  }
}
