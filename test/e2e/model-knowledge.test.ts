import { afterAll, beforeAll, expect, it } from 'vitest'
import { readAttackBundle } from '../../src/knowledge/attack-bundle.ts'
import { shippedAttack } from '../../src/knowledge/attack-knowledge.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openModelsOnline, openModelsToLook } from '../../src/main/open-models-for.ts'
import { storeCatalogue } from '../../src/main/stored-knowledge.ts'
import { listMoves, listProfiles } from '../../src/store/model-profiles.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { startGatedModels } from '../support/gated-models.ts'
import { icsBundle } from '../support/ics-bundle.ts'

// What an answer was made with is on record by content: the facts that ship, and every bundle that was imported beside them.

const tenant = 'default'
const ics = readAttackBundle(icsBundle).value
const enterprise = { ...ics, domain: 'enterprise-attack', version: '18.1' }
const lock = { id: 'AccountLocking', name: 'Account Locking', tactic: 'Evict' }
const defence = { domain: 'd3fend', version: 'unknown', countermeasures: { T1110: [lock] } } as const
let bench: Awaited<ReturnType<typeof startGatedModels>>

beforeAll(async () => {
  bench = await startGatedModels(systemClock, [ics, enterprise, defence])
  for (const server of [bench.house, bench.fresh])
    server.always({ kind: 'answer', text: prompt => citingAnswer(prompt) })
})
afterAll(() => bench?.close())

const knowledgeOf = async (id: string) =>
  (await listProfiles(bench.test.database, tenant)).find(each => each.id === id)?.content.knowledge ?? ''

it('names everything that was imported in the profile and in every call and output', async () => {
  const known = await knowledgeOf(bench.profile('house'))
  const [shipped, ...imported] = known.split(', ')
  expect(shipped).toBe(shippedAttack.versions)
  expect(imported.map(part => part.replace(/#[\da-f]{16}$/, '#'))).toEqual([
    'd3fend unknown imported #',
    'enterprise-attack 18.1 imported #',
    'ics-attack 18.1 imported #',
  ])
  await bench.newCase()
  const calls = await bench.test.database.query<{ kind: string; knowledge: string }>(
    `select kind, body -> 'versions' ->> 'knowledge' as knowledge from ledger
     where kind in ('model-intent', 'model-outcome')`,
  )
  expect(new Set(calls.map(({ kind }) => kind))).toEqual(new Set(['model-intent', 'model-outcome']))
  expect(new Set(calls.map(({ knowledge }) => knowledge))).toEqual(new Set([known]))
})

it('makes another profile of a model where a bundle of the same version says something else', async () => {
  const [first] = ics.techniques
  if (first === undefined) throw new Error('the bundle has no technique')
  const before = bench.profile('house')
  const edited = { ...ics, techniques: [{ ...first, name: 'Something else' }, ...ics.techniques.slice(1)] }
  await storeCatalogue(bench.config.dataDir, edited)
  const parts = { ...bench.parts, tenant }
  const models = await openModelsOnline(bench.config, parts)
  const after = models.profileIds.get('house') ?? ''
  await models.close()
  expect(after).not.toBe(before)
  const [was, is] = [await knowledgeOf(before), await knowledgeOf(after)]
  expect(is).not.toBe(was)
  expect(is.replace(/ics-attack.*/, '')).toBe(was.replace(/ics-attack.*/, ''))
  const [retired] = await listMoves(bench.test.database, tenant, 1, before)
  expect(retired).toMatchObject({ to: 'retired', reason: expect.stringContaining(`knowledge ${was} → `) })
  // Who looks at what would be sent is told of the same profile as the server that sends it.
  const look = await openModelsToLook(bench.config, bench.test.database, tenant)
  await look.close()
  expect(
    (await listProfiles(bench.test.database, tenant)).filter(({ name }) => name === 'house'),
  ).toHaveLength(2)
})
