import { existsSync, readFileSync } from 'node:fs'
import { explainLogInWorker } from '../chat/explain-log.ts'
import type { RecentAlerts } from '../chat/recent-alerts.ts'
import { assistantTools } from '../chat/tools/assistant-tools.ts'
import type { Tool } from '../chat/tools/tool.ts'
import type { ScannedFile } from '../chat/tools/tool-ports.ts'
import type { TurnPorts } from '../chat/turn/turn.ts'
import { filesBelow } from '../commands/files-below.ts'
import { modelTasks } from '../domain/data-class.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { AppError } from '../lib/app-error.ts'
import type { ModelSettings } from '../llm/model-settings.ts'
import { ruleTextOf } from '../wazuh-rules/rule-text.ts'
import { checkSource, customaryVariables, includeFolderOf, RuleSet } from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'
import type { Application } from './application.ts'
import type { OpenModels } from './open-models.ts'
import { presentRules } from './open-rule-drafts.ts'
import { readDocuments } from './read-documents.ts'
import { storedKnowledge } from './stored-knowledge.ts'

/** A file as it was attached to a chat. */
export interface Attachment {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The assistant's tools over everything that this installation is connected to. */
export function openAssistantTools(
  app: {
    readonly config: Pick<Application['config'], 'rulesetDir' | 'dataDir' | 'yaraRulesDir'>
    readonly store: Pick<Application['store'], 'database'>
    readonly wazuh: Pick<Application['wazuh'], 'agents' | 'indexer'>
  } & Pick<Application, 'clock' | 'tenant' | 'attack'>,
  alerts: RecentAlerts,
  models: Pick<OpenModels, 'explainPolicy'>,
  attachmentOf: (id: string) => Promise<Attachment | undefined>,
): Tool[] {
  const { config, store, wazuh, clock, tenant } = app
  const rules = () => presentRules(config.rulesetDir)
  return assistantTools({
    alerts,
    rankTechniques,
    documents: readDocuments(config.dataDir),
    attack: app.attack,
    imported: storedKnowledge(config.dataDir),
    database: store.database,
    ...(wazuh.agents === undefined ? {} : { agents: wazuh.agents }),
    ...(wazuh.indexer === undefined ? {} : { indexer: wazuh.indexer }),
    ...(hasRules(config.rulesetDir)
      ? {
          ruleEngine: {
            explainLog: (log, location, signal) =>
              explainLogInWorker(
                { log, location, base: rules(), nowSeconds: Math.floor(clock.now() / 1000) },
                signal,
              ),
            ruleText: id => ruleTextOf(rules(), id),
          },
        }
      : {}),
    explainPolicy: (text, name) => {
      const task = modelTasks.find(known => known === name) ?? 'chat'
      return models.explainPolicy(tenant, text, task)
    },
    scanUpload: async (id, signal) => {
      const attachment = await attachmentOf(id)
      return attachment && scan(attachment, config.yaraRulesDir, signal)
    },
  })
}

/** A model that runs in this process, or has little context, chooses among few tools. */
const fewTools = { contextTokens: 8_192, limit: 4 }
const manyTools = 10

/** The chat's way to a model; absent where none is set up for it. */
export function chatModel(models: OpenModels, settings: ModelSettings): TurnPorts['model'] {
  const { ask } = models
  const [first] = models.gateway.candidates('chat')
  if (ask === undefined || first === undefined) return undefined
  const profile = settings.models.find(each => each.name === first.name)
  const small =
    profile === undefined ||
    profile.provider === 'in-process' ||
    profile.contextTokens <= fewTools.contextTokens
  return { ask, reveal: models.reveal, toolLimit: small ? fewTools.limit : manyTools }
}

function hasRules(folder: string | undefined): boolean {
  return existsSync(folder ?? '/var/ossec/ruleset')
}

const limits = { timeoutMs: 15_000, memoryBytes: 1024 ** 3, fileLimitBytes: 64 * 1024 ** 2 }
const options = { variables: customaryVariables, ...limits }

/** Scans in a process of its own that ends with the scan: attachments are rare, and rules change. */
async function scan(file: Attachment, folder: string, signal: AbortSignal): Promise<ScannedFile> {
  const paths = existsSync(folder) ? filesBelow(folder, name => /\.yara?$/i.test(name)) : []
  if (paths.length === 0)
    throw new AppError(
      'not-found',
      `there are no YARA rules in ${folder}: put some there, or set TOCSIN_YARA_RULES`,
    )
  const yara = new YaraProcess()
  try {
    const checked = await Promise.all(
      paths.map(path =>
        checkSource(
          yara,
          { name: path, bytes: readFileSync(path), includeFolder: includeFolderOf(path) },
          options,
          signal,
        ),
      ),
    )
    const rules = new RuleSet(yara, checked, options)
    const target = { kind: 'bytes', bytes: file.bytes } as const
    const result = await rules.scan(target, { filename: file.name }, signal)
    return {
      name: file.name,
      sizeBytes: file.bytes.length,
      sha256: result.sha256,
      rules: checked.reduce((sum, source) => sum + source.rules.length, 0),
      matches: result.matches.map(match => ({
        rule: match.rule,
        tags: match.tags,
        strings: match.strings.length,
      })),
      problems: [...checked.flatMap(source => source.errors), ...result.problems].map(each => each.message),
    }
  } finally {
    yara.close()
  }
}
