import type { Sql } from '../lib/database.ts'
import { activePacks, type PackSource } from '../store/yara-packs.ts'
import {
  type CheckedSource,
  checkSource,
  customaryVariables,
  RuleSet,
  type YaraOptions,
} from '../yara/rule-set.ts'
import { YaraProcess, type YaraProcessLimits } from '../yara/yara-process.ts'

/** One file may take so long, so much memory, and be so large. A scan beyond that is stopped and says so. */
export const scanLimits = {
  timeoutMs: 15_000,
  memoryBytes: 1024 ** 3,
  fileLimitBytes: 64 * 1024 ** 2,
} as const

/** The YARA process of a server: rules are checked and files scanned one after another, with the active packs. */
export interface Scanner {
  check(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<CheckedSource>
  /** The active packs of these names (all, where none is named), ready to scan. */
  load(
    sql: Sql,
    tenant: string,
    names: readonly string[] | undefined,
    signal?: AbortSignal,
  ): Promise<LoadedPacks>
  close(): void
}

export interface LoadedPacks {
  readonly packs: readonly PackSource[]
  readonly ruleSet: RuleSet
}

export function openScanner(limits: YaraProcessLimits = scanLimits): Scanner {
  const options: YaraOptions = { ...scanLimits, ...limits, variables: customaryVariables }
  const yara = new YaraProcess()
  let last: { readonly key: string; readonly loaded: LoadedPacks } | undefined
  const check: Scanner['check'] = (name, bytes, signal) => checkSource(yara, { name, bytes }, options, signal)
  return {
    check,
    async load(sql, tenant, names, signal) {
      const packs = await activePacks(sql, tenant, names)
      const key = JSON.stringify([tenant, packs.map(({ name, version }) => [name, version])])
      if (last?.key === key) return last.loaded
      const sources: CheckedSource[] = []
      for (const pack of packs) sources.push(await check(pack.name, Buffer.from(pack.source), signal))
      const loaded = { packs, ruleSet: new RuleSet(yara, sources, options) }
      last = { key, loaded }
      return loaded
    },
    close: () => yara.close(),
  }
}
