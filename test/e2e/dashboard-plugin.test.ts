import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDashboardKey } from '../../src/accounts/dashboard-token.ts'
import { RecentAlerts } from '../../src/chat/recent-alerts.ts'
import { chatRoutes } from '../../src/http/routes/chat-routes.ts'
import { embedRoutes } from '../../src/http/routes/embed-routes.ts'
import { sessionRoutes } from '../../src/http/routes/session-routes.ts'
import { rankTechniques } from '../../src/intel/rank-techniques.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'

// The plugin as the platform would load it, for each generation of the dashboard: its manifest read by the platform's
// rules, its bundle through `__osdBundles__` under the platform's own content security policy, with stand-ins for the core
// services. Its server part runs with a stand-in router and an indexer that says who is signed in. Tocsin is the real one.

const root = resolve(import.meta.dirname, '..', '..')
const consoleDir = join(root, 'console', 'dist')

let folder: string
let server: TestServer
let tocsinUrl: string
let dashboard: Server
let dashboardUrl: string
let browser: Browser
let page: Page
let files: Record<string, Uint8Array>
let signedIn = 'ada'

type Handler = (
  context: unknown,
  request: unknown,
  response: unknown,
) => Promise<{ status: number; body: unknown }>
const routes = new Map<string, Handler>()

/** What wazuh-dashboard 4.x and 5.x are made of. */
const platforms = [
  { version: '2.19.5', navigation: 'categories' },
  { version: '3.6.0', navigation: 'groups' },
] as const

describe.skipIf(!hasBrowser).each(platforms)('the plugin in OpenSearch Dashboards $version', platform => {
  beforeAll(async () => {
    routes.clear()
    folder = await mkdtemp(join(tmpdir(), 'tocsin-plugin-'))
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const keyFile = join(folder, 'key.pem')
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const { buildPlugin } = await import(join(root, 'dashboard-plugin', 'build.js'))
    const zip = await buildPlugin(platform.version, { out: folder })
    files = unzipSync(await readFile(zip))

    dashboard = createServer((request, response) => {
      void answerDashboard(request.method ?? '', request.url ?? '', platform.navigation).then(
        ({ status, type, body }) =>
          response
            .writeHead(status, { 'content-type': type, 'content-security-policy': platformPolicy })
            .end(body),
      )
    }).listen(0, '127.0.0.1')
    await once(dashboard, 'listening')
    dashboardUrl = `http://127.0.0.1:${(dashboard.address() as AddressInfo).port}`

    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    server = await startTestServer(
      accounts => {
        const alerts = new RecentAlerts(accounts.database, accounts.tenant)
        return [
          ...sessionRoutes(accounts, false),
          ...chatRoutes({ alerts, rankTechniques, clock: systemClock, tenant: accounts.tenant, tools: [] }),
          ...embedRoutes(accounts, {
            key: readDashboardKey(pem, 'test'),
            origin: dashboardUrl,
            get audience() {
              return tocsinUrl
            },
          }),
        ]
      },
      { clock: systemClock },
      { consoleDir, framedBy: dashboardUrl },
    )
    await server.signIn('analyst', 'ada')
    // Another host name than the dashboard's: the frame is another site's, as it would be.
    await server.app.listen({ host: '127.0.0.1', port: 0 })
    tocsinUrl = `http://localhost:${(server.app.server.address() as AddressInfo).port}`

    await startPluginServer(keyFile)
    browser = await openBrowser()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  })
  afterAll(async () => {
    await browser?.close()
    dashboard?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('is a zip that the platform can install: manifest, versions, server, bundle', () => {
    const at = (name: string) => Buffer.from(files[`opensearch-dashboards/tocsin/${name}`] ?? []).toString()
    const manifest = JSON.parse(at('opensearch_dashboards.json'))
    expect(manifestTrouble(manifest, platform.version)).toEqual([])
    expect(manifestTrouble(manifest, '2.18.0')).toEqual(['made for another version of the platform'])
    expect(manifest).toMatchObject({ id: 'tocsin', server: true, ui: true })
    expect(at('target/public/tocsin.plugin.js')).toContain("__osdBundles__.define('plugin/tocsin/public'")
    expect(at('target/public/tocsin.plugin.js')).not.toMatch(/PRIVATE KEY|keyFile/)
    expect(at('server/index.js')).toContain('asCurrentUser')
  })

  it('shows a page and a flyout, signed in as the dashboard’s person, with what is open there', async () => {
    await page.goto(`${dashboardUrl}/app/wz-home?agentId=001&id=1795557211.50376`)
    await page.getByRole('button', { name: 'Ask Tocsin' }).click()
    const frame = page.getByRole('dialog').frameLocator('iframe')
    await frame.getByText('Signed in as ada').waitFor()
    expect(await frame.getByRole('alert').count()).toBe(0)
    await frame.getByRole('button', { name: 'What happened on agent 001?' }).waitFor()
    await frame.getByRole('button', { name: 'Explain alert 1795557211.50376' }).waitFor()
    await frame.getByLabel('Question').fill('What is the MITRE ID for obfuscation?')
    await frame.getByLabel('Question').press('Enter')
    await frame.getByText(/T1027/).first().waitFor()
    expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents()).toEqual(
      ['Tocsin'],
    )
    const complaints = await page.evaluate('window.refused')
    expect(complaints).toEqual([]) // What the platform's content security policy refused.
    if (process.env.TOCSIN_SCREENSHOTS !== undefined)
      await page.screenshot({
        path: join(process.env.TOCSIN_SCREENSHOTS, `dashboard-flyout-${platform.version}.png`),
      })
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${dashboardUrl}/app/tocsin?agentId=001&id=1795557211.50376`)
    const frame = page.frameLocator('iframe')
    await frame.getByRole('button', { name: 'What is the most severe alert?' }).waitFor()
    await frame.getByLabel('Question').fill('What is the MITRE ID for obfuscation?')
    await frame.getByLabel('Question').press('Enter')
    await frame.getByText(/T1027/).first().waitFor()
    if (process.env.TOCSIN_SCREENSHOTS !== undefined)
      await page.screenshot({
        path: join(process.env.TOCSIN_SCREENSHOTS, `dashboard-phone-${platform.version}.png`),
      })
    const wider = await frame.locator(':root').evaluate(node => node.scrollWidth - node.clientWidth)
    expect(wider).toBe(0)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('says what to do for a person without an account', async () => {
    signedIn = 'mallory'
    await page.goto(`${dashboardUrl}/app/tocsin`)
    await page.frameLocator('iframe').getByText("Tocsin has no active account 'mallory'").waitFor()
    signedIn = 'ada'
  })

  it('cannot be framed by anybody else, and takes no token twice, forged or old', async () => {
    const reply = await fetch(`${tocsinUrl}/embed`)
    expect(reply.headers.get('content-security-policy')).toContain(`frame-ancestors ${dashboardUrl}`)
    expect(reply.headers.get('x-frame-options')).toBeNull()
    const other = await fetch(`${tocsinUrl}/`, { headers: { accept: 'text/html' } })
    expect(other.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const token = JSON.parse((await answerDashboard('POST', '/api/tocsin/token')).body).token as string
    const open = async (text: string) =>
      (
        await fetch(`${tocsinUrl}/api/embed/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token: text }),
        })
      ).status
    expect(await open(token)).toBe(200)
    expect(await open(token)).toBe(401)
    const [head, body, signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'admin', jti: 'another-id' })).toString(
      'base64url',
    )
    expect(await open(`${head}.${forged}.${signature}`)).toBe(401)
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    expect(await open(`${none}.${forged}.x`)).toBe(401)
  })
})

/** Sent with every page of both generations, unless somebody sets another. */
const platformPolicy =
  "script-src 'unsafe-eval' 'self'; worker-src blob: 'self'; style-src 'unsafe-inline' 'self'"

const knownMembers = [
  'id',
  'version',
  'opensearchDashboardsVersion',
  'configPath',
  'requiredPlugins',
  'optionalPlugins',
  'requiredBundles',
  'extraPublicDirs',
  'ui',
  'server',
]

/** What the platform refuses a manifest for when it looks for plugins (core/server/plugins/discovery). */
function manifestTrouble(manifest: Record<string, unknown>, platformVersion: string): string[] {
  const versionOf = (text: unknown) => /\d+\.\d+\.\d+/.exec(String(text))?.[0]
  return [
    ...(/^[a-z][a-zA-Z0-9]*$/.test(String(manifest.id)) ? [] : ['the id is not in camel case']),
    ...(versionOf(manifest.version) === undefined ? ['there is no version'] : []),
    ...(versionOf(manifest.opensearchDashboardsVersion) === versionOf(platformVersion)
      ? []
      : ['made for another version of the platform']),
    ...Object.keys(manifest)
      .filter(name => !knownMembers.includes(name))
      .map(name => `${name} is not known`),
    ...(manifest.ui === true || manifest.server === true
      ? []
      : ['there is neither a page nor a server part']),
  ]
}

/** What the platform does at its start with the server part. */
async function startPluginServer(keyFile: string): Promise<void> {
  const path = join(folder, 'server.cjs')
  await writeFile(path, files['opensearch-dashboards/tocsin/server/index.js'] ?? '')
  const { plugin } = createRequire(import.meta.url)(path)
  const config = {
    subscribe: ({ next }: { next: (value: unknown) => void }) => next({ url: tocsinUrl, keyFile }),
  }
  const add = (method: string) => (route: { path: string }, handler: Handler) =>
    void routes.set(`${method} ${route.path}`, handler)
  await plugin({ config: { create: () => config } }).setup({
    http: { createRouter: () => ({ get: add('GET'), post: add('POST') }) },
  })
}

async function answerDashboard(
  method: string,
  url: string,
  navigation: (typeof platforms)[number]['navigation'] = 'categories',
): Promise<{ status: number; type: string; body: string }> {
  const path = url.split('?')[0] ?? ''
  const handler = routes.get(`${method} ${path}`)
  if (handler !== undefined) {
    // The indexer's security plugin knows the person by their own session.
    const request = async () => ({ body: { user_name: signedIn } })
    const context = { core: { opensearch: { client: { asCurrentUser: { transport: { request } } } } } }
    const answer = (status: number) => (options: { body: unknown }) => ({ status, body: options.body })
    const response = { ok: answer(200), unauthorized: answer(401) }
    const { status, body } = await handler(context, {}, response)
    return { status, type: 'application/json', body: JSON.stringify(body) }
  }
  if (path === '/bundles/plugin/tocsin/tocsin.plugin.js')
    return {
      status: 200,
      type: 'text/javascript',
      body: Buffer.from(
        files['opensearch-dashboards/tocsin/target/public/tocsin.plugin.js'] ?? [],
      ).toString(),
    }
  if (path === '/core.js') return { status: 200, type: 'text/javascript', body: coreStandIn(navigation) }
  if (path.startsWith('/app/'))
    return {
      status: 200,
      type: 'text/html',
      body: '<!doctype html><title>Wazuh</title><nav id="right"></nav><nav id="pages" aria-label="Pages"></nav><main id="app"></main><script src="/core.js"></script>',
    }
  return { status: 404, type: 'text/plain', body: 'nothing here' }
}

// The loader is written as the platform's own bootstrap has it: bundles register once and are asked for by their key.
// Version 3 puts pages into groups of its navigation, and those that name none under "Custom".
const coreStandIn = (navigation: (typeof platforms)[number]['navigation']) => `
window.refused = []
document.addEventListener('securitypolicyviolation', event => window.refused.push(event.violatedDirective + ' ' + event.blockedURI))
const modules = {}
window.__osdBundles__ = {
  has: key => Object.hasOwn(modules, key),
  define(key, bundleRequire, bundleModuleKey) {
    if (Object.hasOwn(modules, key)) throw new Error('already has a module defined for ' + key)
    modules[key] = { bundleRequire, bundleModuleKey }
  },
  get: key => modules[key].bundleRequire(modules[key].bundleModuleKey),
}
const script = document.createElement('script')
script.src = '/bundles/plugin/tocsin/tocsin.plugin.js'
script.onload = async () => {
  const instance = window.__osdBundles__.get('plugin/tocsin/public').plugin({ opaqueId: Symbol('tocsin') })
  const apps = []
  const grouped = []
  const navGroup = {
    getNavGroupEnabled: () => true,
    addNavLinksToGroup: (_group, links) => grouped.push(...links.map(link => link.id)),
  }
  const json = method => async path => (await fetch(path, { method })).json()
  const core = {
    http: { get: json('GET'), post: json('POST') },
    application: { register: app => apps.push(app) },
    chrome: {
      navControls: { registerRight: control => control.mount(document.getElementById('right')) },
      ...(${JSON.stringify(navigation)} === 'groups' ? { navGroup } : {}),
    },
    overlays: {
      openFlyout(mount) {
        const flyout = document.createElement('div')
        flyout.setAttribute('role', 'dialog')
        Object.assign(flyout.style, { position: 'fixed', inset: '0 0 0 40%', background: 'white' })
        document.body.append(flyout)
        mount(flyout)
      },
    },
  }
  const data = { query: { filterManager: { getFilters: () => [] }, timefilter: { timefilter: { getTime: () => ({ from: 'now-24h', to: 'now' }) } } } }
  instance.setup(core, { data })
  for (const app of apps.filter(each => !grouped.includes(each.id))) {
    const link = document.createElement('a')
    link.href = '/app/' + app.id
    link.textContent = app.title
    document.getElementById('pages').append(link)
  }
  instance.start(core, { data })
  if (location.pathname === '/app/tocsin') await apps[0].mount({ element: document.getElementById('app') })
}
document.head.append(script)
`
