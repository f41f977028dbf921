import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { emptyMailOrganisation, type MailOrganisation } from '../domain/mail.ts'
import { isErrno } from '../lib/file-lock.ts'
import { parseOrganisation } from '../mail/organisation-file.ts'

/** The organisation file that is set, or nothing known. One that does not hold stops the start. */
export async function readOrganisationFile(config: Config): Promise<MailOrganisation> {
  try {
    return parseOrganisation(await readFile(config.organisationFile, 'utf8'), config.organisationFile)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return emptyMailOrganisation
    throw error
  }
}
