import { parse } from 'yaml'
import { noResponseSettings, type ResponseSettings, responseSettings } from '../domain/response-settings.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { activeSettings } from '../store/response-settings.ts'
import { policyOf, type ResponsePolicy } from './response-policy.ts'

/** The policy that holds now: the file's and the console's settings together, read in the caller's transaction. */
export async function policyNow(
  sql: Sql,
  tenant: string,
  fromFile: ResponseSettings,
): Promise<ResponsePolicy> {
  return policyOf([fromFile, await consoleSettings(sql, tenant)])
}

/** What admins decided in the console. Throws rather than go on without a protection that cannot be read. */
export async function consoleSettings(sql: Sql, tenant: string): Promise<ResponseSettings> {
  const stored = await activeSettings(sql, tenant)
  if (stored === undefined) return noResponseSettings
  const read = responseSettings.safeParse(stored.settings)
  if (read.success) return read.data
  throw new AppError(
    'unreadable-settings',
    `version ${stored.version} of the response settings cannot be read: no action is carried out until it is set anew in Settings, Response`,
  )
}

/** Reads response.yaml. Throws `bad-usage` naming what is wrong. */
export function parseResponseFile(text: string, file: string): ResponseSettings {
  let document: unknown
  try {
    document = parse(text) ?? {}
  } catch (error) {
    throw new AppError('bad-usage', `${file} is no YAML: ${messageOf(error)}`)
  }
  const result = responseSettings.safeParse(document)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('bad-usage', `${file}: ${issue?.path.join('.')}: ${issue?.message}`)
}
