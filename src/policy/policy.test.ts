import { describe, expect, it } from 'vitest'
import { dataClasses, modelTasks, trustZones } from '../domain/data-class.ts'
import { defaultPolicy } from './default-policy.ts'
import { decide, type Policy, parsePolicy } from './policy.ts'

const none: Policy = { version: 1, rules: [], redaction: { keep: [] } }

describe('decide', () => {
  it('denies what no rule speaks of', () => {
    expect(decide(none, { task: 'chat', zone: 'local', classes: [] })).toMatchObject({
      decision: 'refuse',
      rule: 'deny-by-default',
    })
    const publicOnly = parsePolicy(
      'version: 1\nrules:\n - {id: a, zones: [public], classes: {public: allow}}\n',
    )
    expect(decide(publicOnly, { task: 'chat', zone: 'public', classes: ['public'] }).decision).toBe('allow')
    expect(decide(publicOnly, { task: 'chat', zone: 'public', classes: ['internal'] }).decision).toBe(
      'refuse',
    )
  })

  it('takes the strictest over all classes, and says why', () => {
    const { decision, reasons } = decide(defaultPolicy, {
      task: 'chat',
      zone: 'public',
      classes: ['internal', 'secret'],
    })
    expect(decision).toBe('local')
    expect(reasons.join('\n')).toContain('secret data in zone public: local')
  })

  it('takes the first rule that names zone and task', () => {
    const policy = parsePolicy(`
version: 1
rules:
  - {id: no-chat, zones: [contracted], tasks: [chat], classes: {public: refuse}}
  - {id: rest, zones: [contracted], classes: {public: allow}}
`)
    expect(decide(policy, { task: 'chat', zone: 'contracted', classes: [] }).rule).toBe('no-chat')
    expect(decide(policy, { task: 'digest', zone: 'contracted', classes: [] }).rule).toBe('rest')
  })

  it('by default is never milder further away, and never allows a secret', () => {
    const order = ['allow', 'pseudonymise', 'local', 'refuse']
    for (const task of modelTasks) {
      for (const name of dataClasses) {
        const fates = trustZones.map(zone =>
          order.indexOf(decide(defaultPolicy, { task, zone, classes: [name] }).decision),
        )
        expect(fates).toEqual(fates.toSorted((a, b) => a - b))
        if (name === 'secret') expect(fates[0]).toBeGreaterThan(0)
      }
    }
  })
})

describe('parsePolicy', () => {
  it('refuses a policy that it does not understand to the last word', () => {
    const bad = [
      'rules: []',
      'version: 1\nrules:\n - {id: a, zones: [public], classes: {public: alow}}',
      'version: 1\nrules:\n - {id: a, zones: [publik], classes: {}}',
      'version: 1\nrules:\n - {id: a, zones: [public], clases: {}}',
      'version: 1\nrules: [',
      'a: &a [1]\nb: [*a,*a]',
    ]
    for (const text of bad) expect(() => parsePolicy(text)).toThrow(/policy/)
  })
})
