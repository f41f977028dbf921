import { promptFrame } from '../ask/prompt.ts'
import type { ConfiguredProfile } from '../governance/model-gates/register-profiles.ts'
import { runbookPrompt } from '../governance/runbooks/improve-runbook.ts'
import { intelContextPrompt } from '../intel/report-context.ts'
import { caseBriefPrompt, yaraEnrichmentPrompt } from '../investigate/model-brief.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { ModelSettings } from '../llm/model-settings.ts'
import type { ModelProfile } from '../llm/profile.ts'
import { mailJudgementPrompt } from '../mail/judgement/judge-mail.ts'
import type { Policy } from '../policy/policy.ts'
import { ruleDraftPrompt } from '../rule-drafts/draft-question.ts'

// Each is bumped with every change of its instructions or its schema, so it stands for both.
const prompts = {
  frame: promptFrame,
  'case-brief': caseBriefPrompt,
  'yara-enrichment': yaraEnrichmentPrompt,
  'mail-judgement': mailJudgementPrompt,
  'intel-context': intelContextPrompt,
  'rule-draft': ruleDraftPrompt,
  runbook: runbookPrompt,
}

/**
 * The models of models.yaml as profiles: everything that changes an answer, and nothing else (no key, no limit). `knowledge` is
 * `AttackKnowledge.versions`: an import makes another profile of every model.
 */
export function configuredProfiles(
  { models }: ModelSettings,
  policy: Policy,
  knowledge: string,
): ConfiguredProfile[] {
  return models.map(profile => ({ name: profile.name, content: contentOf(profile, policy, knowledge) }))
}

function contentOf(profile: ModelProfile, policy: Policy, knowledge: string): ConfiguredProfile['content'] {
  const { provider, model, zone, baseUrl, region, apiVersion, structured, temperature } = profile
  return {
    provider,
    model,
    zone,
    settings: {
      base_url: baseUrl ?? null,
      region: region ?? null,
      api_version: apiVersion ?? null,
      structured,
      temperature,
      context_tokens: profile.contextTokens,
      ...fineTuningOf(profile),
    },
    prompts,
    policy: digestOf(policy).slice(0, 16),
    knowledge,
  }
}

/** Only where there is any: the profile of every other model stays the one that it was. */
function fineTuningOf({ fineTuned }: ModelProfile): ConfiguredProfile['content']['settings'] {
  if (fineTuned === undefined) return {}
  const { weights, card, licence, adapter } = fineTuned
  return { fine_tuned: weights, card, licence, adapter: adapter ?? null }
}
