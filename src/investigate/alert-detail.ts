import { decodeCommand, encodedArgument } from '../assess/decode-command.ts'
import type { Signal } from '../assess/signal.ts'
import type { Alert } from '../domain/alert.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'

/** The field that tells best what an alert is about. */
export interface AlertDetail {
  readonly pointer: string
  /** As it stands in the alert, at most 160 units. */
  readonly quote: string
  /** For a sentence: on one line, backslashes single, markup of Wazuh undone. */
  readonly text: string
}

/** Most telling first. */
const pointers = [
  '/data/win/eventdata/commandLine',
  // Of an active response the address that it acted on; its command is `add` or `delete`.
  '/data/parameters/alert/data/srcip',
  '/data/command',
  '/data/docker/Action',
  '/data/osquery/columns/command',
  '/data/osquery/columns/cmdline',
  '/data/audit/file/name',
  '/data/audit/command',
  '/process/command_line',
  '/data/aws/title',
  '/data/aws/eventName',
  '/data/office365/Operation',
  '/data/gcp/protoPayload/methodName',
  '/data/github/action',
  '/data/activityDisplayName',
  '/data/attack',
  '/data/threat_id',
  '/data/url',
  '/data/alert/signature',
  '/data/win/eventdata/targetFilename',
  '/syscheck/path',
  '/file/path',
  '/data/virustotal/source/file',
  '/data/yara_scanned_file',
  '/data/win/eventdata/threat Name',
  '/data/win/eventdata/taskName',
  '/data/win/eventdata/imageLoaded',
  '/data/win/eventdata/queryName',
  '/data/vulnerability/title',
  '/data/vulnerability/cve',
  '/data/sca/check/title',
  '/data/sca/policy',
  '/data/package',
  '/data/win/eventdata/imagePath',
  '/data/win/eventdata/details',
  '/data/win/eventdata/targetObject',
  '/data/win/eventdata/targetImage',
  '/data/win/eventdata/newProcessName',
  '/data/win/eventdata/scriptBlockText',
  '/data/win/eventdata/targetUserName',
  '/data/srcuser',
  '/data/dstuser',
  '/data/win/eventdata/destinationIp',
  '/full_log',
  '/event/original',
] as const

const maxLength = 160

export function alertDetail(alert: Alert): AlertDetail | undefined {
  for (const pointer of pointers) {
    const value = readPointer(alert.document, pointer)
    if (typeof value !== 'string' || value.trim() === '') continue
    const quote = cutText(value, maxLength)
    return { pointer, quote, text: readable(value, quote) }
  }
  return undefined
}

/** Fields of free text, in which a signal is a few words among many. */
const longFields = /(?:ommandLine|scriptBlockText|taskContent|command|url|full_log|original)$/

/** Whether a field is free text, in which a reason is a few words among many. */
export function isLongField(pointer: string): boolean {
  return longFields.test(pointer)
}

/** Where there is no command line, a reason about a program is told with that program, not with what it was done to. */
const programFields = /\/(?:image|sourceImage|imageLoaded|newProcessName)$/

const commandFields = ['/data/win/eventdata/commandLine', '/data/command']

/** Whether the alert has the command that was run: it tells more than what it was done to. */
export function hasCommand(alert: Alert): boolean {
  return commandFields.some(pointer => typeof readPointer(alert.document, pointer) === 'string')
}

/** The words that a signal rests on with what stands around them, where they are part of a longer text. */
export function signalExcerpt(alert: Alert, signal: Signal): string | undefined {
  if (signal.decoded !== undefined) {
    const what = signal.pointer.startsWith('/data/audit/execve/') ? 'command' : 'decoded'
    return `${what}: ${whole(signal.decoded, cutText(signal.decoded, maxLength))}`
  }
  const isSubject = programFields.test(signal.pointer) && !hasCommand(alert)
  const text =
    isSubject || longFields.test(signal.pointer) ? readPointer(alert.document, signal.pointer) : undefined
  if (typeof text !== 'string') return undefined
  const at = text.indexOf(signal.quote)
  if (at < 0 || at + signal.quote.length <= maxLength) return readable(text, cutText(text, maxLength))
  const around = text.slice(at - 60, at + signal.quote.length + 60)
  return `…${plain(endAtWord(around.toWellFormed().replace(/^\S{0,40}\s+/, '')))}…`
}

/** Half a word says something that does not stand there. A long run without white space ends at its last mark. */
function endAtWord(text: string): string {
  const shorter = text.replace(/\s+\S{0,40}$/, '')
  return shorter === text ? text.replace(/[\p{L}\p{N}_]+$/u, '') : shorter
}

/** A value for a sentence: on one line, backslashes single. An encoded command is told by what it says. */
export function readable(value: string, quote: string): string {
  const encoded = encodedArgument(value)
  const script = encoded === undefined ? undefined : decodeCommand(encoded)
  if (script !== undefined) return `decoded: ${whole(script, cutText(script, maxLength))}`
  return whole(value, quote)
}

function whole(value: string, quote: string): string {
  return quote.length < value.length ? `${plain(endAtWord(quote))}…` : plain(quote)
}

/** Wazuh doubles backslashes and writes `&gt;` for `>` in Windows events. */
function plain(text: string): string {
  return text
    .replaceAll('\\\\', '\\')
    .replaceAll('\\"', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
