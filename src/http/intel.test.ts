import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge } from '../knowledge/attack-knowledge.ts'
import { intelCoverageRoutes } from './routes/intel-coverage-routes.ts'
import { intelDigestRoutes } from './routes/intel-digest-routes.ts'
import { intelExportRoutes } from './routes/intel-export-routes.ts'
import { intelRoutes } from './routes/intel-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// What people do with reports, over the real HTTP server and a real database, where ATT&CK for ICS was imported.

const attack = attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined })

let server: TestServer
let ann: Person
let viewer: Person

beforeAll(async () => {
  server = await startTestServer(accounts => {
    const parts = { ...accounts, ownDomains: ['ours.example'], attack }
    return [
      ...sessionRoutes(accounts, false),
      ...intelRoutes(parts),
      ...intelExportRoutes(parts),
      ...intelCoverageRoutes(parts),
      ...intelDigestRoutes(parts),
    ]
  })
  ann = await server.signIn('analyst', 'ann')
  viewer = await server.signIn('viewer')
})
afterAll(() => server.close())

const upload = (text: string, by = ann) =>
  by.call('POST', '/api/intel/reports', {
    name: 'report.md',
    contentBase64: Buffer.from(text).toString('base64'),
    trust: 'B',
  })

async function added(text: string): Promise<string> {
  const reply = await upload(text)
  expect(reply.statusCode, reply.body).toBe(200)
  return reply.json().id
}

const plant =
  '# Bear in the plant\n\nIt switched breakers (T0831) and guessed passwords (T1110).\n\nC2: 203.0.113[.]77'

describe('reports over HTTP', () => {
  it('are added by analysts alone, once, and are read by viewers', async () => {
    expect((await upload(plant, viewer)).statusCode).toBe(403)
    const id = await added(plant)
    expect((await upload(plant)).json()).toMatchObject({ id, known: true })
    const detail = (await viewer.call('GET', `/api/intel/reports/${id}`)).json()
    expect(JSON.stringify(detail)).toContain('Manipulation of Control')
    expect(JSON.stringify(detail)).toContain('203.0.113.77')
  })

  it('leave as STIX, MISP and CSV, and not at all under TLP:RED', async () => {
    const id = await added(plant)
    const stix = await viewer.call('GET', `/api/intel/reports/${id}/export?format=stix`)
    expect(stix.json()).toMatchObject({ type: 'bundle' })
    expect(stix.headers['content-disposition']).toContain('attachment')
    const misp = await viewer.call('GET', `/api/intel/reports/${id}/export?format=misp`)
    expect(misp.json().Event.Attribute).toContainEqual(expect.objectContaining({ value: '203.0.113.77' }))
    expect((await viewer.call('GET', `/api/intel/reports/${id}/export?format=csv`)).body).toContain(
      '203.0.113.77',
    )
    const red = await added('# For you alone\n\nTLP:RED\n\nC2: 203.0.113[.]78')
    for (const format of ['stix', 'misp', 'csv']) {
      const refused = await ann.call('GET', `/api/intel/reports/${red}/export?format=${format}`)
      expect(refused.statusCode).toBe(403)
      expect(refused.body).not.toContain('203.0.113.78')
    }
  })

  it('a technique that nothing here sees becomes a draft of a rule, also one of ICS', async () => {
    const id = await added(plant)
    for (const technique of ['T1110', 'T0831']) {
      const draft = await ann.call('GET', `/api/intel/reports/${id}/rule?for=technique&id=${technique}`)
      expect(draft.statusCode, draft.body).toBe(200)
      expect(draft.json().text).toContain(`<id>${technique}</id>`)
    }
    expect((await ann.call('GET', `/api/intel/reports/${id}/rule?for=technique&id=T9999`)).statusCode).toBe(
      404,
    )
  })

  it('answers 404 for what is not there', async () => {
    for (const path of ['/api/intel/reports/report_0', '/api/intel/reports/report_0/export?format=stix'])
      expect((await ann.call('GET', path)).statusCode).toBe(404)
  })
})

it('the digest leaves as Markdown and as PDF, without what is for named recipients', async () => {
  await added(plant)
  await added('# For you alone, again\n\nTLP:RED\n\nC2: 203.0.113[.]79')
  const markdown = await viewer.call('GET', '/api/intel/digest/file?days=7&format=markdown')
  expect(markdown.headers['content-type']).toContain('text/markdown')
  expect(markdown.body).toContain('Bear in the plant')
  expect(markdown.body).not.toContain('For you alone')
  const pdf = await viewer.call('GET', '/api/intel/digest/file?days=7&format=pdf')
  expect(pdf.headers['content-type']).toBe('application/pdf')
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
  const page = (await viewer.call('GET', '/api/intel/digest?days=7')).json()
  expect(page.withheld).toBeGreaterThan(0)
  expect(JSON.stringify(page)).not.toContain('For you alone')
})

describe('Navigator layers over HTTP', () => {
  it('leave by domain, and come back as they left, several in one file', async () => {
    await added(plant)
    const coverage = (await viewer.call('GET', '/api/intel/coverage')).json()
    expect(coverage.domains).toMatchObject([
      { id: 'enterprise-attack', name: 'Enterprise' },
      { id: 'ics-attack', name: 'ICS', version: '18.1' },
    ])
    const layerOf = async (query: string) =>
      (await viewer.call('GET', `/api/intel/coverage/navigator${query}`)).json()
    const [enterprise, ics] = [await layerOf(''), await layerOf('?domain=ics-attack')]
    const ids = (layer: { techniques: { techniqueID: string }[] }) =>
      layer.techniques.map(each => each.techniqueID)
    expect(enterprise.domain).toBe('enterprise-attack')
    expect(ids(enterprise)).toContain('T1110')
    expect(ids(enterprise)).not.toContain('T0831')
    expect(ics).toMatchObject({ domain: 'ics-attack', versions: { attack: '18.1' } })
    expect(ids(ics)).toEqual(['T0831'])
    const content = JSON.stringify([enterprise, ics])
    expect((await viewer.call('POST', '/api/intel/layers', { content })).statusCode).toBe(403)
    const imported = await ann.call('POST', '/api/intel/layers', { content })
    expect(imported.json().layers).toMatchObject([{ unknown: [] }, { techniques: 1, unknown: [] }])
    const [first] = imported.json().layers
    const { layers } = (await viewer.call('GET', '/api/intel/layers')).json()
    expect(layers).toHaveLength(2)
    expect(JSON.stringify(layers)).toContain('"tactics":["ics-attack/impact"]')
    expect((await ann.call('DELETE', `/api/intel/layers/${first.id}`)).statusCode).toBe(200)
    expect((await viewer.call('GET', '/api/intel/layers')).json().layers).toHaveLength(1)
  })

  it('of a domain that is not known here are refused with what to do, and nothing of the file stays', async () => {
    const before = (await viewer.call('GET', '/api/intel/layers')).json().layers.length
    const good = { name: 'Good', techniques: [{ techniqueID: 'T1110' }] }
    const mobile = { name: 'Phones', domain: 'mobile-attack', techniques: [{ techniqueID: 'T1406' }] }
    const refused = await ann.call('POST', '/api/intel/layers', { content: JSON.stringify([good, mobile]) })
    expect(refused.statusCode).toBe(400)
    expect(refused.body).toContain('knowledge import')
    expect((await viewer.call('GET', '/api/intel/layers')).json().layers).toHaveLength(before)
    const unknown = await viewer.call('GET', '/api/intel/coverage/navigator?domain=mobile-attack')
    expect(unknown.statusCode).toBe(404)
    expect(unknown.body).toContain('enterprise-attack, ics-attack')
  })
})
