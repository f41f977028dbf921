import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { noModels, parseModelSettings } from './model-settings.ts'

describe('models.yaml', () => {
  it('has an example that holds and shows every setting', () => {
    const path = join(import.meta.dirname, '..', '..', 'deploy', 'models.example.yaml')
    const text = readFileSync(path, 'utf8')
    const example = parseModelSettings(text)
    for (const name of [...Object.keys(noModels), ...Object.keys(noModels.briefs)])
      expect(text).toContain(`${name}:`)
    expect(example.models.map(model => model.zone)).toEqual(['on-prem', 'contracted'])
    // As it is without the file, but for what the example adds to show it.
    expect(example.briefs).toMatchObject({ ...noModels.briefs, groups: ['yara'], entities: ['host:dc-01'] })
  })

  it.each([
    ['a setting that is not one', 'modells: []', 'modells'],
    ['a condition that is not one', 'briefs: { level: 3 }', 'level'],
    [
      'a model twice',
      'models: [&m {name: a, provider: openai, model: x, zone: public}, {name: a, provider: openai, model: y, zone: public}]',
      'two models',
    ],
    ['a task of a model that is not there', 'tasks: { chat: a }', 'not there'],
    ['what is no YAML', 'models: [', 'YAML'],
  ])('refuses %s, and names it', (_what, text, named) => {
    expect(() => parseModelSettings(text)).toThrow(named)
  })
})
