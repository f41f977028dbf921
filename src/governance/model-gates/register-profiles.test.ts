import { describe, expect, it } from 'vitest'
import { gateBench, profileContent } from '../../../test/support/gate-bench.ts'
import { openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { listMoves } from '../../store/model-profiles.ts'
import { profileIdOf, registerProfiles, whatChanged } from './register-profiles.ts'

const bench = gateBench()
const { tenant, set, stateOf, register } = bench
const open = { enforced: true, suites: {}, shadowAnswers: 0 }

describe('a profile', () => {
  it('is exactly one combination: another model, prompt, policy or knowledge is another one', () => {
    const all = [
      profileContent('a'),
      profileContent('b'),
      profileContent('a', 'public'),
      profileContent('a', 'local', { prompts: { 'case-brief': 'case-brief-2' } }),
      profileContent('a', 'local', { policy: 'p2' }),
      profileContent('a', 'local', { knowledge: 'k2' }),
      profileContent('a', 'local', { settings: { temperature: 1 } }),
    ]
    expect(new Set(all.map(profileIdOf)).size).toBe(all.length)
    expect(profileIdOf(profileContent('a'))).toBe(profileIdOf({ ...profileContent('a') }))
  })

  it('the change log says what makes it another one', () => {
    const changed = profileContent('b', 'public', {
      prompts: { 'case-brief': 'case-brief-2', chat: 'chat-1' },
    })
    expect(whatChanged(profileContent('a'), changed)).toBe(
      'prompt case-brief case-brief-1 → case-brief-2, prompt chat none → chat-1, model a → b, zone local → public',
    )
  })

  it('starts active without gates, as candidate under them; what stood under its name is retired', async () => {
    const first = await register('m')
    expect(await stateOf(first)).toBe('active')
    await set(open)
    const ids = await registerProfiles(bench.parts, tenant, [
      { name: 'm', content: profileContent('m', 'local', { policy: 'p2' }) },
    ])
    expect(await stateOf(ids.get('m') ?? '')).toBe('candidate')
    expect(await stateOf(first)).toBe('retired')
    const moves = await listMoves(bench.database, tenant, 10)
    expect(moves.map(({ reason }) => reason).join()).toContain('m is now another combination (policy)')
    await registerProfiles(bench.parts, tenant, [
      { name: 'm', content: profileContent('m', 'local', { policy: 'p2' }) },
    ])
    expect(await listMoves(bench.database, tenant, 10)).toEqual(moves)
  })

  it('starts as candidate where the settings enforce the gates at first, until an admin opens them', async () => {
    const start = (name: string) =>
      registerProfiles(bench.parts, tenant, [{ name, content: profileContent(name) }], true)
    expect(await stateOf((await start('first')).get('first') ?? '')).toBe('candidate')
    const last = await openDatabaseLedger(bench.database, bench.clock).last()
    expect(last?.kind).toBe('config-change')
    await set({ enforced: false })
    expect(await stateOf((await start('second')).get('second') ?? '')).toBe('active')
  })

  it('is registered once when several processes start at the same moment', async () => {
    const database = bench.connect()
    const configured = [{ name: 'm', content: profileContent('m') }]
    await Promise.all([1, 2, 3].map(() => registerProfiles({ ...bench.parts, database }, tenant, configured)))
    expect(await listMoves(bench.database, tenant, 10)).toHaveLength(1)
  })
})
