import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import { idParams, person } from './contract.ts'
import { turnAnswer } from './contract-assistant.ts'
import { endpoint } from './endpoint.ts'

const words = (longest: number) => z.string().trim().min(1).max(longest)

const parameter = z.object({
  /** Written `{{name}}` in the steps. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'small letters, digits and _, at most 40'),
  label: words(80),
  /** The kind of entity it stands for; null: any words. */
  entityType: z.enum(entityTypes).nullable(),
})
export type PlaybookParameterView = z.infer<typeof parameter>

const step = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('question'), text: words(2000) }),
  z.object({ kind: z.literal('search'), tool: words(100), input: z.record(z.string(), z.json()) }),
])
export type PlaybookStepView = z.infer<typeof step>

export const playbookContent = z.object({
  name: words(120),
  description: z.string().trim().max(2000).default(''),
  parameters: z.array(parameter).max(12).default([]),
  steps: z.array(step).min(1).max(20),
})
export type PlaybookContent = z.infer<typeof playbookContent>

const playbook = playbookContent.extend({
  id: z.string(),
  changedBy: person.nullable(),
  changedMs: z.number(),
})
export type PlaybookView = z.infer<typeof playbook>

const examplePlaybook = playbookContent.extend({ id: z.string() })
export type ExamplePlaybookView = z.infer<typeof examplePlaybook>

const runSummary = z.object({
  id: z.string(),
  name: z.string(),
  by: person.nullable(),
  steps: z.number(),
  /** Steps that are behind it: taken or skipped. */
  taken: z.number(),
  createdMs: z.number(),
})
export type PlaybookRunSummary = z.infer<typeof runSummary>

const run = runSummary.omit({ steps: true }).extend({
  caseId: z.string(),
  values: z.record(z.string(), z.string()),
  hypothesis: z.string().nullable(),
  /** In order, parameters filled in. */
  steps: z.array(
    z.object({
      step,
      state: z.enum(['waiting', 'done', 'skipped']),
      answer: turnAnswer.nullable(),
      atMs: z.number().nullable(),
    }),
  ),
})
export type PlaybookRunView = z.infer<typeof run>

const reads = { kind: 'role', role: 'viewer' } as const
const writes = { kind: 'role', role: 'analyst' } as const
const oneLine = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'one line')

/** Saved investigations, and their runs on cases. All of them read; none acts. */
export const playbookEndpoints = {
  listPlaybooks: endpoint({
    method: 'GET',
    path: '/api/playbooks',
    summary: 'Every playbook.',
    access: reads,
    reply: z.object({ playbooks: z.array(playbook) }),
  }),
  listExamplePlaybooks: endpoint({
    method: 'GET',
    path: '/api/playbook-examples',
    summary: 'Playbooks that come with Tocsin, to be changed and saved as your own.',
    access: reads,
    reply: z.object({ examples: z.array(examplePlaybook) }),
  }),
  createPlaybook: endpoint({
    method: 'POST',
    path: '/api/playbooks',
    summary: 'Save a new playbook. 400 says which step cannot be run.',
    access: writes,
    body: playbookContent,
    reply: playbook,
  }),
  changePlaybook: endpoint({
    method: 'PUT',
    path: '/api/playbooks/:id',
    summary: 'Change a playbook. Runs keep what they were started with.',
    access: writes,
    params: idParams,
    body: playbookContent,
    reply: playbook,
  }),
  deletePlaybook: endpoint({
    method: 'DELETE',
    path: '/api/playbooks/:id',
    summary: 'Delete a playbook. Its runs stay with their cases.',
    access: writes,
    params: idParams,
    reply: z.object({ done: z.literal(true) }),
  }),
  draftPlaybook: endpoint({
    method: 'GET',
    path: '/api/chats/:id/playbook',
    summary:
      'The questions of a chat of yours as a playbook that is not saved yet: what they name of its case is a parameter.',
    access: writes,
    params: idParams,
    query: z.object({
      /** The last message of the branch; the newest where it is left out. */
      messageId: z.string().max(200).optional(),
    }),
    reply: z.object({
      name: z.string(),
      parameters: z.array(parameter),
      steps: z.array(step),
    }),
  }),
  startRun: endpoint({
    method: 'POST',
    path: '/api/playbooks/:id/runs',
    summary: 'Start a playbook on a case. Each step waits to be taken.',
    access: writes,
    params: idParams,
    body: z.object({
      caseId: z.string().min(1).max(200),
      /** One for each parameter. */
      values: z.record(z.string().max(40), oneLine).default({}),
      /** What the person thinks themselves; asked for first in learning mode. */
      hypothesis: z.string().trim().max(4000).optional(),
    }),
    reply: run,
  }),
  listRuns: endpoint({
    method: 'GET',
    path: '/api/playbook-runs',
    summary: 'Runs on a case that you may read, latest first.',
    access: reads,
    query: z.object({ caseId: z.string().min(1).max(200) }),
    reply: z.object({ runs: z.array(runSummary) }),
  }),
  readRun: endpoint({
    method: 'GET',
    path: '/api/playbook-runs/:id',
    summary: 'A run with what each step found. Takes the role it was run with.',
    access: reads,
    params: idParams,
    reply: run,
  }),
  takeStep: endpoint({
    method: 'POST',
    path: '/api/playbook-runs/:id/steps',
    summary:
      'Take the next step of a run of yours, or skip it. Closing the connection stops it, and it waits again.',
    access: writes,
    params: idParams,
    body: z.object({
      /** Which one, from 0: a step that another window has taken is not taken twice. */
      step: z.number().int().min(0).max(50),
      skip: z.boolean().default(false),
    }),
    reply: run,
  }),
}
