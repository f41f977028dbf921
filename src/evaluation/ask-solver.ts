import { z } from 'zod'
import type { AskModel } from '../domain/model-question.ts'
import { AppError } from '../lib/app-error.ts'
import type { Solver } from './run-suite.ts'

const promptVersion = 'evaluation-1'

const instructions = {
  choice: 'Answer the multiple-choice question in the evidence with the letter of the best option.',
  choices:
    'Answer the multiple-choice question in the evidence with the letters of all options that are right, and of no other: A, C.',
  cwe: 'Name the CWE that the vulnerability in the evidence is an instance of, as CWE-NUMBER.',
  cvss: 'Give the CVSS 3.1 base vector of the vulnerability in the evidence, as CVSS:3.1/AV:…',
  chat: 'Answer the question in the evidence in one or two sentences.',
} as const

/** Where a few characters say it all, a model gets no room to ramble. In UTF-16 units. */
const longest = { choice: 40, choices: 40, cwe: 12, cvss: 60, chat: 2000 } as const

/** Asks a model, through the same way as every feature: redacted, recorded, within policy and budget. */
export function askSolver(ask: AskModel, task: keyof typeof instructions): Solver {
  return {
    deterministic: false,
    async solve(input, signal) {
      const answer = await ask(
        {
          task: 'chat',
          tenant: 'default',
          caseId: 'evaluation',
          instructions: instructions[task],
          promptVersion,
          evidence: [
            {
              id: 'E1',
              kind: 'question',
              source: 'evaluation',
              pointer: '',
              quote: textOf(input),
              trust: 'attacker-controlled',
              label: 'Question',
            },
          ],
          schema: z.object({ answer: z.string().max(longest[task]) }),
          // The suite scores the answer: there is nothing here that a person reads as fact.
          claimsOf: () => [],
          maxOutputTokens: 300,
        },
        signal,
      )
      if (answer.kind !== 'answered') throw new AppError('no-answer', answer.reason)
      return answer.answer.answer
    },
  }
}

function textOf(input: unknown): string {
  if (typeof input === 'string') return input
  if (typeof input === 'object' && input !== null && 'question' in input) {
    const options = 'options' in input && Array.isArray(input.options) ? input.options : []
    const context = 'context' in input && typeof input.context === 'string' ? [input.context] : []
    return [
      ...context,
      String(input.question),
      ...options.map((option, index) => `${String.fromCharCode(65 + index)}) ${option}`),
    ].join('\n')
  }
  return JSON.stringify(input)
}
