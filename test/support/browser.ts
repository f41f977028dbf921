import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Whether there is a Chromium to test with; `npm test` says so out loud when there is none. */
export const hasBrowser = existsSync(chromiumPath)

/** How long any page waits for anything: a starved machine is slow, and that is no fault of what is tested. */
const patienceMs = 120_000

/**
 * A headless Chromium that talks to nobody but the pages it is sent to. Close it when done. Its pages are patient, and
 * nothing in them moves: what is still fading in has the contrast of no finished page.
 */
export async function openBrowser(): Promise<Browser> {
  const browser = await launch()
  const opened = browser.newContext.bind(browser)
  browser.newContext = async (options: BrowserContextOptions = {}) => {
    const context = await opened({ reducedMotion: 'reduce', ...options })
    context.setDefaultTimeout(patienceMs)
    return context
  }
  return browser
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    timeout: patienceMs,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Everything a page complained about: uncaught errors, and console errors such as CSP violations. */
export function watchComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(`uncaught: ${error.message}`))
  page.on('console', message => {
    // The browser logs every failed request as an error; those that a test provokes are no complaint.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return complaints
}
