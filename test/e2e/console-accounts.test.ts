import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jsQrModule from 'jsqr'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { totpCode, totpStep } from '../../src/accounts/totp.ts'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { consolePassword, firstSignIn } from '../support/console-visit.ts'
import { decodeBase32 } from '../support/decode-base32.ts'
import { type NotificationReceiver, startNotificationReceiver } from '../support/notification-receiver.ts'
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'

// Signing in with more than a password, in a real Chromium whose authenticator is Chromium's own virtual one.

let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]
let base: string
let receiver: NotificationReceiver
let provider: OpenIdProvider
let folder: string

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); sign-in is not tested in a browser')

describe.skipIf(!hasBrowser)('signing in', () => {
  beforeAll(async () => {
    receiver = await startNotificationReceiver()
    provider = await startOpenIdProvider()
    folder = await mkdtemp(join(tmpdir(), 'tocsin-sign-in-'))
    await writeFile(join(folder, 'sign-in.yaml'), signInYaml(provider))
    const settings = {
      TOCSIN_NOTIFY_HOSTS: `127.0.0.1:${receiver.port}`,
      TOCSIN_SIGN_IN: join(folder, 'sign-in.yaml'),
      OIDC_SECRET: provider.client.secret,
    }
    ;[tocsin, browser] = await Promise.all([
      startTocsin({ settings, response: 'newRightHours: 0\n' }),
      openBrowser(),
    ])
    base = tocsin.base.replace('127.0.0.1', 'localhost') // Browsers bind passkeys to names, not to addresses.
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    complaints = watchComplaints(page)
    await addAuthenticator(page)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await receiver?.close()
    await provider?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('adds a passkey, and signs in with it alone', async () => {
    await page.goto(`${base}/settings?section=sessions`)
    await firstSignIn(page, tocsin)
    await page.getByText('your password alone opens your account').waitFor()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name it').fill('Laptop')
    await page.getByLabel('Your password again').fill(consolePassword)
    await page.getByRole('button', { name: 'Make the passkey' }).click()
    const codes = page.getByRole('dialog', { name: 'Keep these recovery codes' })
    await codes.waitFor()
    expect(await codes.getByRole('listitem').count()).toBe(10)
    await codes.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 recovery codes are left').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])

    await signOut()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('10 recovery codes are left').waitFor()
  })

  it('adds an authenticator app by its QR code, and asks for it after the password', async () => {
    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    await page.getByText('Your browser will ask for your passkey').waitFor() // The step-up takes the passkey now.
    await page.getByRole('button', { name: 'Show the QR code' }).click()
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
    expect(await qrSays()).toMatch(/^otpauth:\/\/totp\/Tocsin:admin\?secret=[A-Z2-7]{32}&issuer=Tocsin/)
    const secret = decodeBase32((await page.locator('dialog code').textContent()) ?? '')
    const first = totpStep(Date.now())
    await page.getByLabel('The code that the app shows now').fill(totpCode(secret, first))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Authenticator app').first().waitFor()

    await signOut()
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill(consolePassword)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'One more proof' }).waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Use the authenticator app' }).click()
    await page.getByLabel('Code of your authenticator app').fill(totpCode(secret, first)) // Used above.
    await page.keyboard.press('Enter')
    await page.getByText('or it was used already').waitFor()
    // The next one, or that of now: a step is half a minute, and getting here may take longer.
    const next = Math.max(first + 1, totpStep(Date.now()))
    await page.getByLabel('Code of your authenticator app').fill(totpCode(secret, next))
    await page.keyboard.press('Enter')
    await page.getByText('10 recovery codes are left').waitFor()
  })

  it('a role can take a second factor, and says so before anything else', async () => {
    await page.goto(`${base}/settings?section=sign-in`)
    await page.getByLabel('analyst').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    const password = await createAccount('ana', 'analyst')
    const other = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    await other.goto(base)
    await other.getByLabel('User name').fill('ana')
    await other.getByLabel('Password').fill(password)
    await other.keyboard.press('Enter')
    await other.getByLabel('One-time password').fill(password)
    await other.getByLabel('New password', { exact: true }).fill(consolePassword)
    await other.getByLabel('New password, again').fill(consolePassword)
    await other.getByRole('button', { name: 'Change password' }).click()
    await other.getByRole('heading', { name: 'Add a second factor' }).waitFor()
    await addAuthenticator(other)
    await other.getByRole('button', { name: 'Add a passkey' }).click()
    await other.getByLabel('Name it').fill('Phone')
    await other.getByLabel('Your password again').fill(consolePassword)
    await other.getByRole('button', { name: 'Make the passkey' }).click()
    await other.getByRole('button', { name: 'I have kept them' }).click()
    await other.getByRole('heading', { name: 'Queue', exact: true }).waitFor()
    await other.context().close()
  })

  it('sets up a channel, tries it, and sees what became of it', async () => {
    await page.goto(`${base}/settings?section=notifications`)
    await page.getByRole('button', { name: 'New channel' }).click()
    const dialog = page.getByRole('dialog', { name: 'New channel' })
    await dialog.getByLabel('Name').fill('SOC chat')
    await dialog.getByLabel('Kind').selectOption('mattermost')
    await dialog.getByLabel('Address of the webhook').fill(`http://127.0.0.1:${receiver.port + 1}/mattermost`)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('add 127.0.0.1:').waitFor() // Says what to allow, and where.
    await dialog.getByLabel('Address of the webhook').fill(`http://127.0.0.1:${receiver.port}/mattermost`)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Test' }).click()
    await page.getByText('A test went to SOC chat.').waitFor()
    await page.getByRole('table', { name: 'Deliveries' }).getByText('sent').waitFor()
    expect(receiver.taken.map(each => each.path)).toEqual(['mattermost'])
    expect(await page.content()).not.toContain('/mattermost') // The address is not read back.
    expect(await accessibilityViolations(page)).toEqual([])
  })

  it('signs in through the provider, which is another site, and comes back to the page', async () => {
    const other = await (await browser.newContext()).newPage()
    provider.next({ sub: 'o', preferred_username: 'olga', name: 'Olga Orlova', groups: ['soc'] })
    await other.goto(`${base}/settings?section=connections`)
    await other.getByRole('link', { name: 'Sign in with Stand-in' }).click()
    await other.getByRole('heading', { name: 'Alerts come from' }).waitFor()
    expect(new URL(other.url()).search).toBe('?section=connections')
    expect(provider.refusals).toEqual([])
    await other.getByRole('button', { name: /Sign out/ }).click()
    provider.next({ sub: 'p', preferred_username: 'nobody-here', groups: [] })
    await other.getByRole('link', { name: 'Sign in with Stand-in' }).click()
    await other.getByText('have no role here').waitFor()
    expect(other.url()).not.toContain('sign-in=')
    await other.context().close()
  })

  it('an approval on a phone takes the passkey, for exactly that proposal', async () => {
    await appendFile(tocsin.alertsFile, intrusion(Date.now()))
    const password = await createAccount('rita', 'responder')
    await proposeIsolation('rita', password)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${base}/approvals`)
    await page.getByText('Waiting for approval').waitFor()
    await page.keyboard.press('y')
    const dialog = page.getByRole('dialog', { name: /^Approve/ })
    await dialog.getByText('Your browser will ask for your passkey').waitFor()
    expect(await isNarrowEnough()).toBe(true)
    expect(await accessibilityViolations(page)).toEqual([])
    await picture('approve-passkey')
    await dialog.getByRole('button', { name: 'Use the authenticator app' }).click()
    await dialog.getByLabel('Code of your authenticator app').fill('000000')
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
    await dialog.getByText('that is not the code of now').waitFor()
    await picture('approve-code-wrong')
    await dialog.getByRole('button', { name: 'Use a passkey' }).click()
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('1 of 2').waitFor()
    await picture('approvals')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('the break-glass account opens once, and every page says so', async () => {
    await page.goto(`${base}/settings?section=sign-in`)
    await page.getByRole('button', { name: 'Make and seal it' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Show the password' }).click()
    const shown = page.getByRole('dialog', { name: /Password of the account/ })
    const sealed = (await shown.locator('code').textContent()) ?? ''
    await shown.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('It is sealed: nobody has used its password.').waitFor()
    const other = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    await other.goto(base)
    await other.getByLabel('User name').fill('break-glass')
    await other.getByLabel('Password').fill(sealed)
    await other.keyboard.press('Enter')
    await other.getByLabel('Why is it used?').fill('The provider is down')
    await picture('break-glass', other)
    await other.getByRole('button', { name: 'Break the glass' }).click()
    await other.getByText('The break-glass account was used').waitFor()
    expect(await other.getByRole('button', { name: 'I have looked into it' }).count()).toBe(0)
    await other.context().close()
    await page.reload()
    await page.getByText('The provider is down').first().waitFor()
    await picture('banner')
    await page.getByRole('button', { name: 'I have looked into it' }).click()
    await page.getByText('The break-glass account was used').waitFor({ state: 'detached' })
  })

  it('complains about nothing', () => expect(complaints).toEqual([]))
})

const signInYaml = ({ issuer, client }: OpenIdProvider) => `
provider:
  name: Stand-in
  issuer: ${issuer}
  client: ${client.id}
  secret: { env: OIDC_SECRET }
  roles:
    - { claim: groups, value: soc, role: viewer }
`

/** For a person to look at: where SCREENSHOTS names a folder. */
async function picture(name: string, of: Page = page): Promise<void> {
  if (process.env.SCREENSHOTS) await of.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) })
}

/** Whether nothing is wider than the screen. */
function isNarrowEnough(): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')
}

/** Somebody else asks for a host to be isolated: two people must approve that, each with fresh proof. */
async function proposeIsolation(username: string, given: string): Promise<void> {
  let cookie = ''
  let csrf = ''
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(base + path, {
      method,
      headers: {
        cookie,
        'x-csrf-token': csrf,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    // Each caller knows what the endpoint answers.
    return (await response.json()) as {
      session: { csrfToken: string }
      cases: { id: string }[]
      targets: { agentId: string }[]
    }
  }
  csrf = (await call('POST', '/api/session', { username, password: given })).session.csrfToken
  await call('POST', '/api/session/password', { current: given, next: consolePassword })
  await expect.poll(async () => (await call('GET', '/api/cases?host=web-07')).cases.length).toBeGreaterThan(0)
  const { cases } = await call('GET', '/api/cases?host=web-07')
  const caseId = cases[0]?.id ?? ''
  const { targets } = await call('GET', `/api/cases/${caseId}/response`)
  const reply = await call('POST', `/api/cases/${caseId}/proposals`, {
    action: 'isolate-host',
    arguments: {},
    agentId: targets[0]?.agentId ?? '',
    platform: 'linux',
    reason: 'It talks to a known server of attackers',
  })
  expect(reply).toMatchObject({ proposal: { state: 'awaiting' } })
}

/** An authenticator in the device that the person has just unlocked. */
async function addAuthenticator(of: Page): Promise<CDPSession> {
  const session = await of.context().newCDPSession(of)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return session
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /Sign out/ }).click()
  await page.getByRole('heading', { name: 'Sign in to Tocsin' }).waitFor()
}

/** Creates an account in the console; returns its one-time password. */
async function createAccount(username: string, role: string): Promise<string> {
  await page.goto(`${base}/settings?section=users`)
  await page.getByRole('button', { name: 'New account' }).click()
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Name', { exact: true }).fill(username)
  await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption(role)
  await page.getByText('Your browser will ask for your passkey').waitFor()
  await page.getByRole('button', { name: 'Create' }).click()
  const password = (await page.getByRole('dialog').locator('code').textContent()) ?? ''
  await page.getByRole('button', { name: 'I have kept it' }).click()
  return password
}

/** Reads the QR code off the screen as a phone's camera would. */
async function qrSays(): Promise<string | undefined> {
  const picture = PNG.sync.read(
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).screenshot(),
  )
  return jsQrModule.default(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data
}
