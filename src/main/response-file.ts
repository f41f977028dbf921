import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { noResponseSettings, type ResponseSettings } from '../domain/response-settings.ts'
import { mailProtection } from '../mail/sender/protected-senders.ts'
import { parseResponseFile } from '../respond/policy-now.ts'
import { readOrganisationFile } from './organisation-file.ts'

/** What response.yaml and organisation.json decide; nothing where they are not there. Throws `bad-usage` for a wrong one. */
export async function readResponseFile(config: Config): Promise<ResponseSettings> {
  const settings = await read(config.responseFile)
  const ownMail = mailProtection(await readOrganisationFile(config))
  return {
    ...settings,
    protectedAssets: [...settings.protectedAssets, ...ownMail],
    ...(config.respondDryRun ? { dryRun: true } : {}),
  }
}

async function read(file: string): Promise<ResponseSettings> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return noResponseSettings
    throw error
  }
  return parseResponseFile(text, file)
}
