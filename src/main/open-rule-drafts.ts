import { existsSync } from 'node:fs'
import { readRulesetFolder } from '../commands/ruleset-folder.ts'
import { RequestError } from '../http/http-error.ts'
import { sleep } from '../lib/abort.ts'
import { candidatesOf, surroundingsWith } from '../rule-drafts/draft-surroundings.ts'
import type { RuleDraftPorts } from '../rule-drafts/drafting-job.ts'
import { measureWith } from '../rule-drafts/measure-draft.ts'
import { yaraLimits } from '../rule-drafts/measure-yara.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { openYaraFolder } from '../yara/rule-folder.ts'
import type { Application } from './application.ts'

/** Where a manager on this machine keeps its stock ruleset and its own. */
const stockFolder = '/var/ossec/ruleset'
const ownFolder = '/var/ossec/etc'

/** A reload takes a few seconds, a restart of a large manager half a minute. */
const health = { checks: 24, intervalMs: 2500 }

/** What rule drafts need, from the settings. */
export function openRuleDrafts(app: Application): RuleDraftPorts {
  const { config, store, clock, ids, wazuh, files, attack } = app
  const clean = { folders: config.cleanFolders }
  return {
    database: store.database,
    files,
    clock,
    ids,
    base: () => presentRules(config.rulesetDir),
    measure: measureWith(clean, attack.added),
    // Asked for at each use: which Wazuh this is turns out after the start, and may change under a running Tocsin.
    get targets() {
      return {
        ...wazuh.ruleTargets(),
        ...(config.yaraEndpointDir !== undefined && {
          yara: openYaraFolder(config.yaraEndpointDir, yaraLimits),
        }),
      }
    },
    logtest: wazuh.logtest,
    surroundings: surroundingsWith(clean),
    candidates: (samples, signal) => candidatesOf(samples, clean, signal),
    deployment: {
      healthChecks: health.checks,
      wait: signal => sleep(health.intervalMs, signal),
    },
  }
}

/** Read anew each time: a manager's rules change under a running Tocsin. */
export function presentRules(folder: string | undefined): RulesetFiles {
  if (folder !== undefined) return readRulesetFolder(folder)
  if (!existsSync(stockFolder))
    throw new RequestError(
      'conflict',
      'there are no rules here to prove a draft with: set TOCSIN_RULESET to a folder with decoders, rules and lists',
    )
  const [stock, own] = [readRulesetFolder(stockFolder), readRulesetFolder(ownFolder)]
  return {
    decoders: [...stock.decoders, ...own.decoders],
    rules: [...stock.rules, ...own.rules],
    lists: [...stock.lists, ...own.lists],
  }
}
