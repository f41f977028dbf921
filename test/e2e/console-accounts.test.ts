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
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'

// Signing in with more than a password, in a real Chromium whose authenticator is Chromium's own virtual one.

let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]
let base: string
let receiver: NotificationReceiver

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); sign-in is not tested in a browser')

describe.skipIf(!hasBrowser)('signing in', () => {
  beforeAll(async () => {
    receiver = await startNotificationReceiver()
    const settings = { TOCSIN_NOTIFY_HOSTS: `127.0.0.1:${receiver.port}` }
    ;[tocsin, browser] = await Promise.all([startTocsin({ settings }), openBrowser()])
    base = tocsin.base.replace('127.0.0.1', 'localhost') // Browsers bind passkeys to names, not to addresses.
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = watchComplaints(page)
    await addAuthenticator(page)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await receiver?.close()
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
    const now = totpStep(Date.now())
    await page.getByLabel('The code that the app shows now').fill(totpCode(secret, now))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Authenticator app').first().waitFor()

    await signOut()
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill(consolePassword)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'One more proof' }).waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Use the authenticator app' }).click()
    await page.getByLabel('Code of your authenticator app').fill(totpCode(secret, now)) // Used above.
    await page.keyboard.press('Enter')
    await page.getByText('or it was used already').waitFor()
    await page.getByLabel('Code of your authenticator app').fill(totpCode(secret, now + 1))
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

  it('complains about nothing', () => expect(complaints).toEqual([]))
})

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
