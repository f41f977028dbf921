import { expect, it } from 'vitest'
import { parseModelSettings } from '../llm/model-settings.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { configuredProfiles } from './model-profiles.ts'

it('a profile names every prompt that a model is asked with, by its words', () => {
  const settings = parseModelSettings('models: [{ name: m, provider: openai, model: x, zone: public }]')
  const [profile] = configuredProfiles(settings, defaultPolicy, 'k')
  expect(Object.keys(profile?.content.prompts ?? {}).sort()).toEqual([
    'case-brief',
    'chat-plan',
    'chat-read',
    'frame',
    'intel-context',
    'mail-judgement',
    'rule-draft',
    'runbook',
    'yara-enrichment',
  ])
  for (const version of Object.values(profile?.content.prompts ?? {}))
    expect(version).toMatch(/^[a-z-]+-\d+\.[0-9a-f]{8}$/)
})
