import type { Alert } from '../domain/alert.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { named } from '../lib/quoted.ts'

/** Where a cloud service's record names whose it is, and what such a place is called. */
const services: readonly {
  readonly root: string
  readonly name: string
  readonly owners: readonly string[]
}[] = [
  {
    root: '/data/aws',
    name: 'AWS account',
    owners: [
      '/data/aws/recipientAccountId',
      '/data/aws/aws_account_id',
      '/data/aws/accountId',
      '/data/aws/account_id',
    ],
  },
  {
    root: '/data/gcp',
    name: 'Google Cloud',
    owners: ['/data/gcp/resource/labels/project_id'],
  },
  { root: '/data/github', name: 'GitHub organisation', owners: ['/data/github/org'] },
  { root: '/data/office365', name: 'Microsoft 365', owners: [] },
  { root: '/data/azure_tag', name: 'Azure', owners: [] },
]

/**
 * Where something happened, in words. Mostly the agent's name. What a module of Wazuh fetched from a cloud service
 * happened in that service and not on the machine that fetched it, and what a network device sent by syslog is told by
 * the device: an analyst who is pointed at the Wazuh manager looks in the wrong place.
 * What others chose in it stands between marks where it is more than a name.
 */
export function placeOf(alert: Alert): string {
  const service = services.find(({ root }) => readPointer(alert.document, root) !== undefined)
  if (service !== undefined) {
    const owner = service.owners.map(pointer => textAt(alert, pointer)).find(found => found !== undefined)
    return owner === undefined ? service.name : `${service.name} ${named(owner)}`
  }
  const isDevice = alert.agent.id === '000' && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(alert.location)
  return named(isDevice ? (textAt(alert, '/data/devname') ?? alert.location) : alert.agent.name)
}

function textAt(alert: Alert, pointer: string): string | undefined {
  const value = readPointer(alert.document, pointer)
  return typeof value === 'string' && value.trim() !== ''
    ? cutText(value.replaceAll(/\s+/g, ' ').trim(), 80)
    : undefined
}
