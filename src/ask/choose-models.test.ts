import { expect, it } from 'vitest'
import { z } from 'zod'
import type { TrustZone } from '../domain/data-class.ts'
import { emptyInventory } from '../domain/inventory.ts'
import type { ModelClient } from '../llm/completion.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { redactionRules } from '../redact/redact.ts'
import { chooseModels } from './choose-models.ts'

const client = (zone: TrustZone): ModelClient => ({
  name: `model-${zone}`,
  modelId: zone,
  zone,
  complete: () => Promise.reject(new Error('nothing may be sent here')),
})

const rules = { policy: defaultPolicy, redaction: redactionRules(emptyInventory) }

const choose = (zones: readonly TrustZone[] | undefined, clients: readonly TrustZone[]) =>
  chooseModels(
    {
      task: 'intel-context',
      tenant: 't',
      caseId: 'r',
      instructions: 'Read.',
      promptVersion: '1',
      evidence: [],
      schema: z.object({}),
      maxOutputTokens: 1,
      ...(zones === undefined ? {} : { zones }),
    },
    clients.map(client),
    rules,
  )

it('a question that its source keeps near is never given to a model further away', () => {
  const choice = choose(['local'], ['public', 'contracted', 'local'])
  expect(choice.kind === 'chosen' && choice.models.map(({ zone }) => zone)).toEqual(['local'])
  expect(choose(['local'], ['public', 'contracted'])).toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('only models of local'),
  })
})

it('without such a mark policy alone decides', () => {
  const choice = choose(undefined, ['public', 'local'])
  expect(choice.kind === 'chosen' && choice.models.map(({ zone }) => zone)).toEqual(['public', 'local'])
})
