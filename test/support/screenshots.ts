import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { allRead } from './console-visit.ts'

const looks = {
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  light: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  wide: { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
} as const

/** A picture of each page in each look, as `FOLDER/NAME-LOOK.png`, for a person to look at. */
export async function takeScreenshots(
  browser: Browser,
  signedIn: Awaited<ReturnType<BrowserContext['storageState']>>,
  folder: string,
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [look, options] of Object.entries(looks)) {
    const context = await browser.newContext({ ...options, storageState: signedIn })
    const page = await context.newPage()
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(address)
      await allRead(page) // A picture of grey bars shows nobody anything.
      await page.waitForTimeout(500) // Fonts and the last request; a picture is for people, not asserted on.
      await page.screenshot({ path: join(folder, `${name}-${look}.png`) })
    }
    await context.close()
  }
}

/** One picture of the page as it stands, where TOCSIN_SCREENSHOTS names a folder; else nothing. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.TOCSIN_SCREENSHOTS
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
}
