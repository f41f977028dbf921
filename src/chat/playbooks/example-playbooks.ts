import type { Json } from '../../lib/canonical-json.ts'
import type { Playbook, PlaybookStep } from './playbook.ts'

/** A playbook that comes with Tocsin: to be looked at, changed, and saved as one's own. */
export interface ExamplePlaybook extends Playbook {
  readonly id: string
  readonly name: string
  readonly description: string
}

const question = (text: string): PlaybookStep => ({ kind: 'question', text })
const search = (tool: string, input: { readonly [name: string]: Json }): PlaybookStep => ({
  kind: 'search',
  tool,
  input,
})

const host = { name: 'host', label: 'Host', entityType: 'host' } as const
const user = { name: 'user', label: 'Account', entityType: 'user' } as const

/**
 * What is asked first in three kinds of case that every team has. Each question is one that code answers, so that an
 * example does its work without a model. In a run, questions look at the alerts of the case; searches look at everything.
 */
export const examplePlaybooks: readonly ExamplePlaybook[] = [
  {
    id: 'suspicious-log-on',
    name: 'Example: suspicious log-on',
    description:
      'Was an account taken over? What was tried before, from where, what was done with it after, and whether the same address or account shows up elsewhere. Then ask the person, by a way that the account does not lead to.',
    parameters: [
      { name: 'address', label: 'Address it came from', entityType: 'address' },
      user,
      { ...host, label: 'Host that was logged on to' },
    ],
    steps: [
      question('What happened here?'),
      question('How many failed logins from {{address}}?'),
      question('Which users are in alerts from {{address}}?'),
      question('When was the first alert from {{address}}?'),
      question('Which users were created or changed on {{host}}?'),
      question('What changed on {{host}}?'),
      search('process_history', { host: '{{host}}', limit: 20 }),
      search('entity_timeline', { value: '{{user}}', limit: 20 }),
      question('/ioc {{address}}'),
      question('/attack valid accounts'),
    ],
  },
  {
    id: 'malware-on-host',
    name: 'Example: malware file on a host',
    description:
      'Is it what the scanner says, was it run, how did it get there, and is it anywhere else? Keep the file and its hash before anything is removed.',
    parameters: [{ name: 'file', label: 'File that was found', entityType: 'file' }, host],
    steps: [
      question('What happened here?'),
      question('What is the SHA-256 of {{file}}?'),
      question('When was the first alert about {{file}}?'),
      search('process_history', { host: '{{host}}', text: '{{file}}', limit: 20 }),
      search('process_history', { host: '{{host}}', limit: 20 }),
      question('Which users are in alerts on {{host}}?'),
      question('Which techniques were seen on {{host}}?'),
      search('count_alerts', { by: 'host', entity: '{{file}}' }),
      question('/ioc {{file}}'),
      question('/host {{host}}'),
    ],
  },
  {
    id: 'phishing-report',
    name: 'Example: reported phishing mail',
    description:
      'Who else got it, did anybody go there, and was an account used after? If someone gave a password away, go on with the example of a suspicious log-on.',
    parameters: [
      { name: 'words', label: 'Words of the subject or the sender', entityType: null },
      { name: 'domain', label: 'Domain that it leads to', entityType: 'domain' },
      { ...user, label: 'Account of who reported it' },
    ],
    steps: [
      search('search_mails', { text: '{{words}}', limit: 20 }),
      question('/ioc {{domain}}'),
      search('count_alerts', { by: 'host', entity: '{{domain}}' }),
      search('count_alerts', { by: 'user', entity: '{{domain}}' }),
      question('What was done by user {{user}}?'),
      question('When was the last alert for user {{user}}?'),
      search('search_alerts', { entity: '{{user}}', limit: 20 }),
      search('search_cases', { user: '{{user}}', limit: 10 }),
      question('/attack spearphishing link'),
    ],
  },
]
