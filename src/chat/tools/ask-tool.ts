import { z } from 'zod'
import { answerQuestion } from '../answer-question.ts'
import { type Tool, tool } from './tool.ts'
import type { ToolPorts } from './tool-ports.ts'

/** The answers by code as a tool: a question in words in, sentences with evidence out. */
export function askTool(ports: Pick<ToolPorts, 'alerts' | 'rankTechniques' | 'attack'>): Tool {
  return tool({
    name: 'ask',
    title: 'Ask about alerts or ATT&CK',
    description:
      'Answers a question in words from Wazuh alerts and pinned ATT&CK knowledge, by code, without a model.',
    role: 'viewer',
    input: z.object({ question: z.string().min(1).max(2000), case_id: z.string().max(200).optional() }),
    async run({ question, case_id: caseId }, { nowMs }) {
      const alerts = caseId === undefined ? await ports.alerts.current() : await ports.alerts.ofCase(caseId)
      const { rankTechniques, attack } = ports
      const answer = answerQuestion(question, {
        alerts,
        rankTechniques,
        ...(attack && { attack }),
        nowMs,
      })
      return {
        summary: answer.answer,
        rows: answer.sentences.map(sentence => ({
          sentence: sentence.text,
          evidence: [...sentence.evidence],
          status: sentence.status,
        })),
        total: answer.sentences.length,
        evidence: answer.evidence.map(({ id: _number, ...draft }) => draft),
      }
    },
  })
}
