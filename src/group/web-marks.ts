import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'

// How a web shell arrives: a request that uploads, a new script where the server finds it, a request for that script.
// Three logs tell it, of which none names anything that the others name; the file's place in the site is the thread.

/** Under which marks an alert finds such cases, and which it leaves for what follows. */
export interface WebMarks {
  readonly seeks: readonly string[]
  readonly leaves: readonly string[]
}

const none: WebMarks = { seeks: [], leaves: [] }

const scriptInSite =
  /(?:\/var\/www\/|\/srv\/(?:www|http)\/|\/htdocs\/|\/public_html\/|\\{1,2}inetpub\\|\/webapps\/).{1,400}\.(?:php\d?|phtml|phar|jspx?|aspx?|ashx|asmx|cfm|cgi)$/i
const script = /\.(?:php\d?|phtml|phar|jspx?|aspx?|ashx|asmx|cfm|cgi)$/i
/** Addresses by which sites take files in. */
const takesFiles =
  /upload|import|media|attach|file|plugin|theme|editor|avatar|image|photo|document|dropzone|webdav/i

/** How long before or after the request the new script may be reported, in minutes. */
const minutesApart = 2

export function webMarksOf(alert: Alert): WebMarks {
  const file = newScript(alert)
  if (file !== undefined) return marksOfFile(alert, file)
  const url = textAt(alert, '/data/url')
  return url === undefined ? none : marksOfRequest(alert, url)
}

/** A script that was written into a site, as file monitoring or Sysmon saw it. */
function newScript(alert: Alert): string | undefined {
  const monitored = textAt(alert, '/syscheck/event')
  const path =
    monitored === 'added' || monitored === 'modified'
      ? textAt(alert, '/syscheck/path')
      : textAt(alert, '/data/win/eventdata/targetFilename')
  return path !== undefined && path.length < 600 && scriptInSite.test(path) ? path : undefined
}

function marksOfFile(alert: Alert, path: string): WebMarks {
  const host = alert.agent.name
  const minute = minuteOf(alert)
  return {
    seeks: minutesAround(minute).map(each => `upload|${host}|${each}`),
    leaves: [
      ...tails(path.split(/[\\/]+/)).map(tail => `served|${host}|${tail}`),
      `script|${host}|${minute}`,
    ],
  }
}

function marksOfRequest(alert: Alert, url: string): WebMarks {
  const host = alert.agent.name
  const path = url.slice(0, 600).split(/[?#;]/)[0] ?? ''
  const status = textAt(alert, '/data/id') ?? ''
  const isRefused = /^4\d\d$/.test(status)
  const method = textAt(alert, '/data/protocol')?.toUpperCase()
  const isUpload = (method === 'POST' || method === 'PUT') && !isRefused && takesFiles.test(path)
  const minute = minuteOf(alert)
  const [asked] = script.test(path) && !isRefused ? tails(path.split('/')) : []
  return {
    seeks: [
      ...(asked === undefined ? [] : [`served|${host}|${asked}`]),
      ...(isUpload ? minutesAround(minute).map(each => `script|${host}|${each}`) : []),
    ],
    leaves: isUpload ? [`upload|${host}|${minute}`] : [],
  }
}

/** Folders that are a site themselves, so that an address does not name them. */
const siteRoot = /^(?:html|www|htdocs|wwwroot|public_html|public|web|root)$/

/** The end of a path by which a request and a file can be compared: with the folder, and without where that is the site. */
function tails(parts: readonly string[]): string[] {
  const named = parts.filter(part => part !== '').map(part => part.toLowerCase().replaceAll('|', '/'))
  const name = named.at(-1)
  const folder = named.at(-2)
  if (name === undefined) return []
  if (folder === undefined) return [name]
  return siteRoot.test(folder) ? [`${folder}/${name}`, name] : [`${folder}/${name}`]
}

function minutesAround(minute: number): number[] {
  return Array.from({ length: 2 * minutesApart + 1 }, (_, index) => minute - minutesApart + index)
}

function minuteOf(alert: Alert): number {
  return Math.floor(alert.timestampMs / 60_000)
}

function textAt(alert: Alert, pointer: string): string | undefined {
  const value = readPointer(alert.document, pointer)
  return typeof value === 'string' && value !== '' ? value : undefined
}
