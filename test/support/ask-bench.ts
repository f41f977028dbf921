import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AskAdapters, createAsk } from '../../src/ask/ask.ts'
import { knownIdsOf } from '../../src/ask/known-attack-ids.ts'
import { everyModel } from '../../src/ask/model-route.ts'
import { memoryVaults } from '../../src/ask/vault-store.ts'
import type { Inventory } from '../../src/domain/inventory.ts'
import type { AskModel } from '../../src/domain/model-question.ts'
import { shippedAttack } from '../../src/knowledge/attack-knowledge.ts'
import { openFileLedger } from '../../src/ledger/file-ledger.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { DataKeys } from '../../src/ledger/sealed-content.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { type BudgetLimits, createBudget } from '../../src/llm/budget.ts'
import type { ModelClient } from '../../src/llm/completion.ts'
import { createGateway, type GatewayModel } from '../../src/llm/gateway.ts'
import { spendingOf } from '../../src/llm/spending.ts'
import { defaultPolicy } from '../../src/policy/default-policy.ts'
import { redactionRules } from '../../src/redact/redact.ts'
import { memoryDataKeys } from './memory-data-keys.ts'

export const testInventory: Inventory = {
  hosts: ['web-01', 'dc1.corp.example'],
  users: ['jdoe', 'svc_backup'],
  domains: ['corp.example'],
  addresses: ['10.0.0.0/8'],
  groups: ['Finance-Admins'],
  terms: ['Project Nightfall'],
}

export interface AskBench {
  readonly ask: AskModel
  readonly ledger: Ledger
  readonly dataKeys: DataKeys
}

/** The port as the product composes it, on a file ledger in a new folder and vaults in memory. */
export async function askBench(
  clients: readonly ModelClient[],
  more: Partial<AskAdapters> & {
    readonly limits?: BudgetLimits
    readonly model?: Partial<GatewayModel>
  } = {},
): Promise<AskBench> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-ask-'))
  const ledger = more.ledger ?? openFileLedger(join(folder, 'ledger.ndjson'), systemClock)
  const dataKeys = more.dataKeys ?? memoryDataKeys()
  const gateway = createGateway({
    models: clients.map(client => ({
      client,
      tasks: undefined,
      price: { inputUsd: 1, outputUsd: 4 },
      maxConcurrent: 4,
      contextTokens: 100_000,
      ...more.model,
    })),
    budget: createBudget(more.limits ?? {}, spendingOf(ledger), systemClock),
    clock: systemClock,
    random: () => 0,
    firstDelayMs: 1,
  })
  const rules = {
    inventory: testInventory,
    redaction: redactionRules(testInventory, defaultPolicy.redaction.keep),
  }
  let boundaries = 0
  const ask = createAsk({
    gateway,
    ledger,
    dataKeys,
    vaults: memoryVaults(),
    policy: async () => defaultPolicy,
    inventory: async () => rules,
    known: knownIdsOf(shippedAttack),
    route: everyModel,
    versions: { tocsin: 'test', knowledge: 'attack-test' },
    newBoundary: () => `boundary${'abcdefghij'[boundaries++ % 10]}`,
    ...more,
  })
  return { ask, ledger, dataKeys }
}
