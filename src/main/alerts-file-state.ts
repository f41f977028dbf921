import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isErrno } from '../lib/file-lock.ts'
import { fileTrouble } from '../lib/file-trouble.ts'

/** Whether alerts.json can be followed; where not, what to do about it. */
export type AlertsFileState =
  | { readonly kind: 'readable' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly why: string; readonly hint: string }

/** Looks at the file as the user that this process runs as. */
export async function alertsFileState(path: string): Promise<AlertsFileState> {
  try {
    if ((await stat(path)).isDirectory())
      return {
        kind: 'unreadable',
        why: 'it is a folder, not a file',
        hint: 'Set TOCSIN_ALERTS_FILE to the alerts.json in it.',
      }
    await access(path, constants.R_OK)
    return { kind: 'readable' }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'missing' }
    return {
      kind: 'unreadable',
      why: fileTrouble(error),
      hint: 'Run Tocsin as a user of the group wazuh: usermod -aG wazuh USER.',
    }
  }
}
