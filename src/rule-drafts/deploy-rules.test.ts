import { describe, expect, it } from 'vitest'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { deployRules } from './deploy-rules.ts'

type Fault = 'validate' | 'restart' | 'health' | 'write' | 'read' | 'back'

/** A manager that keeps files, fails where it is told to, and remembers what was asked of it. */
function manager(files: Record<string, string>, fault?: Fault) {
  const calls: string[] = []
  let writes = 0
  const fail = (kind: Fault) => {
    if (fault === kind) throw new Error(`${kind} failed`)
  }
  const wazuh: RuleDeployment = {
    async read(name) {
      fail('read')
      return files[name]
    },
    async write(name, text) {
      calls.push('write')
      if (++writes > 1) fail('back')
      fail('write')
      files[name] = text
    },
    async remove(name) {
      calls.push('remove')
      delete files[name]
    },
    async validate() {
      calls.push('validate')
      return fault === 'validate' || fault === 'back'
        ? { ok: false, details: 'line 3' }
        : { ok: true, details: '' }
    },
    async restart() {
      calls.push('restart')
      if (calls.filter(call => call === 'restart').length === 1) fail('restart')
    },
    async isHealthy() {
      return fault !== 'health' || calls.filter(call => call === 'restart').length > 1
    },
  }
  return { wazuh, calls, files }
}

const options = { healthChecks: 2, wait: async () => {} }
const signal = new AbortController().signal
const name = 'tocsin_draft_1.xml'
const deploy = (wazuh: RuleDeployment, expectedBefore?: string, fileName = name) =>
  deployRules({ fileName, text: 'new', expectedBefore }, wazuh, options, signal)

describe('deploying rules', () => {
  it('writes, validates, restarts and watches', async () => {
    const { wazuh, calls, files } = manager({ [name]: 'old' })
    expect(await deploy(wazuh, 'old')).toEqual({ kind: 'deployed', backup: 'old' })
    expect(calls).toEqual(['write', 'validate', 'restart'])
    expect(files[name]).toBe('new')
  })

  it.each(['validate', 'restart', 'health', 'write'] as const)(
    'puts everything back where %s fails',
    async fault => {
      const replaced = manager({ [name]: 'old' }, fault)
      expect(await deploy(replaced.wazuh, 'old')).toMatchObject({
        kind: fault === 'write' ? 'broken' : 'rolled-back',
      })
      if (fault !== 'write') expect(replaced.files[name]).toBe('old')
      const added = manager({}, fault)
      expect(await deploy(added.wazuh)).toMatchObject({ kind: 'rolled-back' })
      expect(added.files[name]).toBeUndefined()
    },
  )

  it('says so where the way back fails too', async () => {
    const { wazuh } = manager({ [name]: 'old' }, 'back')
    expect(await deploy(wazuh, 'old')).toMatchObject({ kind: 'broken', backup: 'old' })
  })

  it('does not start on a file that is not ours, or that has changed', async () => {
    for (const other of ['local_rules.xml', '../tocsin_x.xml', 'tocsin_a/b.xml', 'tocsin_.xml']) {
      const { wazuh, calls } = manager({})
      expect(await deploy(wazuh, undefined, other)).toMatchObject({ kind: 'not-started' })
      expect(calls).toEqual([])
    }
    const { wazuh, calls } = manager({ [name]: 'someone else was here' })
    expect(await deploy(wazuh, 'old')).toMatchObject({ kind: 'not-started' })
    expect(calls).toEqual([])
  })
})
