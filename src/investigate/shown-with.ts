import type { Alert } from '../domain/alert.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { quoted } from '../lib/quoted.ts'
import { alertDetail, hasCommand, isLongField, readable, signalExcerpt } from './alert-detail.ts'
import type { Episode } from './case-story.ts'

/** One field that is shown behind a sentence: its words, and how they are joined to those before. */
interface Part {
  readonly pointer: string
  /** As it stands in the alert. */
  readonly quote: string
  /** For a sentence, not yet between marks. */
  readonly text: string
  readonly joint: string
}

/** What is shown behind the clause of an episode. */
export interface Shown {
  /** Plain, for evidence. */
  readonly text: string
  /** For a sentence: each part between marks of its own. */
  readonly inSentence: string
  readonly parts: readonly { readonly pointer: string; readonly quote: string }[]
}

/** Fields that tell together what one alone does not: what acted on what, and where to. */
interface Chain {
  readonly first: string
  readonly rest: readonly (readonly [joint: string, pointer: string])[]
}

const eventData = '/data/win/eventdata'

const chains: readonly Chain[] = [
  { first: `${eventData}/sourceImage`, rest: [['on', `${eventData}/targetImage`]] },
  { first: `${eventData}/targetFilename`, rest: [['written by', `${eventData}/image`]] },
  { first: `${eventData}/targetObject`, rest: [['=', `${eventData}/details`]] },
  { first: `${eventData}/imageLoaded`, rest: [['loaded by', `${eventData}/image`]] },
  { first: `${eventData}/queryName`, rest: [['asked for by', `${eventData}/image`]] },
  {
    first: `${eventData}/image`,
    rest: [
      ['to', `${eventData}/destinationIp`],
      ['port', `${eventData}/destinationPort`],
      ['called', `${eventData}/destinationHostname`],
    ],
  },
  { first: `${eventData}/threat Name`, rest: [['in', `${eventData}/path`]] },
  {
    first: `${eventData}/targetUserName`,
    rest: [
      ['on', `${eventData}/targetServerName`],
      ['by', `${eventData}/processName`],
    ],
  },
  { first: `${eventData}/serviceName`, rest: [['that starts', `${eventData}/imagePath`]] },
  { first: `${eventData}/serviceName`, rest: [['that starts', `${eventData}/serviceFileName`]] },
  { first: '/syscheck/path', rest: [['with', '/syscheck/audit/process/name']] },
  { first: '/data/docker/Action', rest: [['in', '/data/docker/Actor/Attributes/name']] },
  {
    first: '/data/alert/signature',
    rest: [
      ['to', '/data/dest_ip'],
      ['port', '/data/dest_port'],
    ],
  },
  {
    first: '/data/attack',
    rest: [
      ['to', '/data/dstip'],
      ['port', '/data/dstport'],
    ],
  },
  {
    first: '/data/aws/eventName',
    rest: [
      'userName',
      'roleName',
      'groupName',
      'groupId',
      'bucketName',
      'keyId',
      'instanceId',
      'policyArn',
      'name',
    ].map(name => ['on', `/data/aws/requestParameters/${name}`] as const),
  },
  {
    first: '/data/activityDisplayName',
    rest: [
      ['on', '/data/targetResources/0/userPrincipalName'],
      ['on', '/data/targetResources/0/displayName'],
    ],
  },
  { first: '/data/gcp/protoPayload/methodName', rest: [['on', '/data/gcp/protoPayload/resourceName']] },
  {
    first: '/data/github/action',
    rest: [
      ['on', '/data/github/repo'],
      ['for', '/data/github/user'],
    ],
  },
  { first: '/data/office365/Operation', rest: [['on', '/data/office365/ObjectId']] },
  { first: '/data/extra_data', rest: [['in', '/data/url']] },
]

/** What is shown behind the clause: the words that it rests on, what acted on what, or what the alert is about. */
export function shownWith({ signal, alert }: Episode): Shown | undefined {
  const isText = signal.decoded !== undefined || hasCommand(alert) || isLongField(signal.pointer)
  const added = signal.pointer === '/syscheck/diff' ? addedParts(alert, signal.quote) : undefined
  const parts =
    added !== undefined
      ? added
      : isText
        ? parentParts(alert, signal.pointer)
        : (settingParts(alert, signal.pointer) ?? chainParts(alert))
  if (parts.length > 0) {
    const joined = (mark: (text: string) => string) =>
      parts.map(({ joint, text }) => `${joint === '' ? '' : `${joint} `}${mark(text)}`).join(' ')
    return { text: joined(text => text), inSentence: joined(quoted), parts }
  }
  const detail = alertDetail(alert)
  const text = signalExcerpt(alert, signal) ?? detail?.text
  if (text === undefined) return undefined
  return {
    text,
    inSentence: quoted(text.replace(/\.$/, '')),
    parts: detail === undefined || detail.pointer === signal.pointer ? [] : [detail],
  }
}

/** What a change added says more than that there was one. */
function addedParts(alert: Alert, quote: string): Part[] {
  const path = partAt(alert, '/syscheck/path', '')
  const added = { pointer: '/syscheck/diff', quote, text: readable(quote, quote), joint: 'with' }
  return path === undefined ? [{ ...added, joint: '' }] : [path, added]
}

/** Where the program that started another one is the reason, both are told. */
function parentParts(alert: Alert, pointer: string): Part[] {
  if (!/\/parent(?:Image|ProcessName)$|\/parent\/executable$/.test(pointer)) return []
  const started = ['/data/win/eventdata/commandLine', '/process/command_line']
    .map(each => partAt(alert, each, ''))
    .find(part => part !== undefined)
  const parent = partAt(alert, pointer, 'under')
  return started === undefined || parent === undefined ? [] : [started, parent]
}

/** Microsoft 365 gives what was set as pairs of a name and a value: the name alone says half. */
function settingParts(alert: Alert, pointer: string): Part[] | undefined {
  const root = /^(\/data\/office365\/\w+\/\d+)\/Name$/.exec(pointer)?.[1]
  if (root === undefined) return undefined
  const name = partAt(alert, pointer, '')
  const value = partAt(alert, `${root}/Value`, '=') ?? partAt(alert, `${root}/NewValue`, '=')
  return name === undefined || value === undefined ? undefined : [name, value]
}

function chainParts(alert: Alert): Part[] {
  for (const { first, rest } of chains) {
    const start = partAt(alert, first, '')
    if (start === undefined) continue
    const more = rest.flatMap(([joint, pointer]) => partAt(alert, pointer, joint) ?? []).slice(0, 3)
    if (more.length > 0) return [start, ...more]
  }
  return []
}

function partAt(alert: Alert, pointer: string, joint: string): Part | undefined {
  const value = readPointer(alert.document, pointer)
  if (typeof value !== 'string' || value.trim() === '' || value === '-') return undefined
  const quote = cutText(value, 160)
  return { pointer, quote, text: readable(value, quote), joint }
}
