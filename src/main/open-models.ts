import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import { type AskAdapters, createAsk } from '../ask/ask.ts'
import { decideQuestion, searchQuestion } from '../ask/build-request.ts'
import { type Explanation, explainQuestion } from '../ask/explain.ts'
import { knownIdsOf } from '../ask/known-attack-ids.ts'
import { everyModel, type RouteModels } from '../ask/model-route.ts'
import type { VaultStore } from '../ask/vault-store.ts'
import { environmentSecret } from '../config.ts'
import { type ModelTask, type TrustZone, trustZones } from '../domain/data-class.ts'
import type { Inventory } from '../domain/inventory.ts'
import type { AskModel, ModelQuestion } from '../domain/model-question.ts'
import type { ModelSelection } from '../domain/model-selection.ts'
import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { DataKeys } from '../ledger/sealed-content.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { isErrno } from '../lib/file-lock.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import { Secret } from '../lib/secret.ts'
import { apiKeyOf } from '../llm/api-key.ts'
import { createBudget } from '../llm/budget.ts'
import type { ModelClient } from '../llm/completion.ts'
import { egressRuleOf } from '../llm/egress-rule-of.ts'
import { createGateway, type Gateway } from '../llm/gateway.ts'
import { createLlamaClient } from '../llm/llama/llama-client.ts'
import { type ModelSettings, noModels, parseModelSettings } from '../llm/model-settings.ts'
import { priceOf } from '../llm/price-table.ts'
import type { ModelProfile } from '../llm/profile.ts'
import { providers } from '../llm/providers/providers.ts'
import { createSdkClient } from '../llm/sdk-client.ts'
import { spendingOf } from '../llm/spending.ts'
import type { Policy } from '../policy/policy.ts'
import { redactionRules } from '../redact/redact.ts'
import { reveal } from '../redact/reveal.ts'
import type { VaultScope } from '../redact/sealed-vault.ts'
import type { Vault } from '../redact/vault.ts'

/** Vaults that can be read without the lock that a change takes, where their keeping knows how. */
type ReadableVaults = VaultStore & { read?(scope: VaultScope): Promise<Vault> }

/** What models are opened with. */
export interface ModelParts {
  readonly settings: ModelSettings
  /** Where pulled models lie: `<data>/models`. */
  readonly modelsDir: string
  readonly masterKey: () => Promise<Uint8Array>
  readonly ledger: Ledger
  readonly dataKeys: DataKeys
  readonly vaults: ReadableVaults
  readonly policy: (tenant: string) => Promise<Policy>
  readonly inventory: (tenant: string) => Promise<Inventory>
  /** The ids and names that a claim may use. */
  readonly attack: AttackKnowledge
  /** `unneeded`: for looking at what would be sent; the clients opened so cannot send anything. */
  readonly keys?: 'needed' | 'unneeded'
  /** Whether telemetry may hold the words of calls, as far as it ever does. */
  readonly captureContent?: boolean
  /** Which models may be asked; left out, all that are set up. */
  readonly route?: RouteModels
}

export interface OpenModels {
  /** `undefined` where no model is set up: every feature then works without one. */
  readonly ask: AskModel | undefined
  /** The same, where a caller has made sure that a model is set up. Without one it answers `unavailable`. */
  readonly askAny: AskModel
  /** What asking would send. Sends nothing. */
  explain(question: Omit<ModelQuestion<unknown>, 'claimsOf'>, signal: AbortSignal): Promise<Explanation>
  readonly gateway: Gateway
  /** Which cases get a model brief. */
  readonly selection: ModelSelection
  /** Puts real values back into every text of an answer, for the viewer only. */
  reveal<Value>(tenant: string, caseId: string, value: Value): Promise<Value>
  /** What policy says of a text for each zone. Sends nothing. */
  explainPolicy(tenant: string, text: string, task: ModelTask): Promise<ExplainedDecision[]>
  close(): Promise<void>
}

export interface ExplainedDecision {
  readonly zone: TrustZone
  readonly decision: string
  readonly rule: string
  readonly classes: Readonly<Record<string, number>>
  readonly reasons: readonly string[]
}

/** Reads `models.yaml`; without the file there are no models. */
export async function readModelSettings(path: string): Promise<ModelSettings> {
  try {
    return parseModelSettings(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return noModels
    if (error instanceof AppError) throw error
    throw new AppError('bad-usage', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
}

/** Builds the clients of all models, the gateway in front of them, and the port through which features ask. */
export async function openModels(parts: ModelParts): Promise<OpenModels> {
  const { settings } = parts
  const authorities = await Promise.all(settings.authorities.map(path => readFile(path, 'utf8')))
  const opened = await Promise.all(
    settings.models.map(async profile => capped(await openClient(profile, parts, authorities))),
  )
  const gateway = createGateway({
    models: opened.map(({ client, profile }) => ({
      client,
      provider: profile.provider,
      tasks: profile.tasks,
      price: priceOf(profile.model, settings.prices, profile.zone),
      maxConcurrent: profile.maxConcurrent,
      contextTokens: profile.contextTokens,
    })),
    modelOfTask: settings.tasks,
    budget: createBudget(settings.budgets, spendingOf(parts.ledger), systemClock),
    clock: systemClock,
    random: Math.random,
    captureContent: parts.captureContent ?? false,
  })
  const inventory = compiledInventory(parts)
  const adapters: AskAdapters = {
    gateway,
    ledger: parts.ledger,
    dataKeys: parts.dataKeys,
    vaults: parts.vaults,
    policy: parts.policy,
    inventory,
    known: knownIdsOf(parts.attack),
    route: parts.route ?? everyModel,
    versions: { tocsin: packageJson.version, knowledge: parts.attack.versions },
    newBoundary,
  }
  const ask = createAsk(adapters)
  return {
    async explainPolicy(tenant, text, task) {
      const rules = {
        policy: await parts.policy(tenant),
        redaction: (await inventory(tenant)).redaction,
      }
      const question = questionOf(tenant, text, task)
      const searched = searchQuestion(question, rules)
      return trustZones.map(zone => {
        const { decision, rule, classes, reasons } = decideQuestion(question, searched, zone, rules)
        const counts = Object.fromEntries(classes.map(each => [each.class, each.count]))
        return { zone, decision, rule, classes: counts, reasons }
      })
    },
    ask: opened.length > 0 ? ask : undefined,
    askAny: ask,
    explain: (question, signal) => explainQuestion(question, adapters, signal),
    gateway,
    selection: settings.briefs,
    reveal: (tenant, caseId, value) =>
      readVault(parts.vaults, tenant, caseId, vault => revealAll(value, vault)),
    close: async () => void (await Promise.all(opened.map(({ close }) => close()))),
  }
}

/** A text as the only evidence of a question, for deciding on it. */
function questionOf(tenant: string, text: string, task: ModelTask) {
  const item = { id: 'E1', kind: 'text', source: 'text', pointer: '', trust: 'observed', label: '' } as const
  return {
    task,
    tenant,
    caseId: 'explain',
    instructions: '',
    promptVersion: 'explain',
    evidence: [{ ...item, quote: text }],
    schema: z.object({}),
    maxOutputTokens: 1,
  }
}

interface OpenClient {
  readonly profile: ModelProfile
  readonly client: ModelClient
  close(): Promise<void>
}

/** Keeps a model's answers as short as its profile wants them. */
function capped(opened: OpenClient): OpenClient {
  const { client } = opened
  const most = opened.profile.maxOutputTokens
  if (most === undefined) return opened
  const complete: ModelClient['complete'] = (request, ...rest) =>
    client.complete({ ...request, maxOutputTokens: Math.min(most, request.maxOutputTokens) }, ...rest)
  return { ...opened, client: { ...client, complete } }
}

async function openClient(
  profile: ModelProfile,
  parts: ModelParts,
  authorities: readonly string[],
): Promise<OpenClient> {
  if (profile.provider === 'in-process') {
    return { profile, ...createLlamaClient(profile, parts.modelsDir, systemClock) }
  }
  const provider = await providers[profile.provider]()
  const baseUrl = profile.baseUrl ?? provider.defaultBaseUrl(profile)
  const egress = createEgressFetch({
    rules: baseUrl === undefined || parts.keys === 'unneeded' ? [] : [egressRuleOf(profile, baseUrl)],
    extraCa: authorities,
    maxAnswerBytes: 64 * 1024 * 1024,
  })
  const key =
    parts.keys === 'unneeded'
      ? new Secret('key:not:needed')
      : await apiKeyOf(profile, { environment: environmentSecret, masterKey: parts.masterKey })
  const client = createSdkClient({ profile, provider, key, fetch: egress.fetch, clock: systemClock })
  return { profile, client, close: egress.close }
}

/** The inventory with its compiled rules: compiled anew only when it is another one. */
function compiledInventory(parts: ModelParts) {
  const compiled = new WeakMap<Inventory, ReturnType<typeof redactionRules>>()
  return async (tenant: string) => {
    const inventory = await parts.inventory(tenant)
    const redaction = compiled.get(inventory) ?? redactionRules(inventory)
    compiled.set(inventory, redaction)
    return { inventory, redaction }
  }
}

/** Fourteen letters: 65 bits that who wrote the data cannot guess, and no word of any language. */
function newBoundary(): string {
  return Array.from({ length: 14 }, () => 'bcdfghjkmnpqrstvwxz'[randomInt(19)]).join('')
}

/** Looks something up in a vault. Not for a change: it would be lost. */
async function readVault<Result>(
  vaults: ReadableVaults,
  tenant: string,
  caseId: string,
  look: (vault: Vault) => Result,
): Promise<Result> {
  return vaults.read === undefined
    ? vaults.change(tenant, caseId, look)
    : look(await vaults.read({ tenant, caseId }))
}

/** The same value with `reveal` applied to every text in it, names of members aside. */
function revealAll<Value>(value: Value, vault: Vault): Value {
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return reveal(node, vault)
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, walk(member)]))
  }
  return walk(value) as Value // The shape is kept; only texts are replaced by texts.
}
