import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { citingAnswer } from './citing-answer.ts'
import type { Step } from './provider-servers/start-server.ts'
import { isObject, list, type WireRequest } from './provider-servers/wire-protocol.ts'

// Two models for the suites that are shipped: one that knows the answers, as a strong model would, and one that is wrong
// wherever it can be. Both see only what goes over the wire; the first finds out what it is asked by the words of the items.

const suites = join(import.meta.dirname, '..', '..', 'samples', 'suites')

interface Item {
  readonly id: string
  readonly input: unknown
  readonly expected: unknown
}
const itemsOf = (suite: string): Item[] =>
  readFileSync(join(suites, suite, 'items.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

/** Sigma rules by the request of their item. */
const searches: Readonly<Record<string, string>> = {
  vssadmin: String.raw`    Image|endswith: '\vssadmin.exe'
    CommandLine|contains|all: ['delete', 'shadows']`,
  'encoded-powershell': String.raw`    Image|endswith: '\powershell.exe'
    CommandLine|re: '(?i)\s[-/]e(c|n|nc\w*)?\s'`,
  'office-shell': String.raw`    ParentImage|endswith: ['\WINWORD.EXE', '\EXCEL.EXE']
    Image|endswith: ['\cmd.exe', '\powershell.exe']`,
  'lsass-dump': String.raw`    Image|endswith: '\rundll32.exe'
    CommandLine|contains: 'comsvcs.dll'`,
  certutil: String.raw`    Image|endswith: '\certutil.exe'
    CommandLine|contains: 'urlcache'`,
  'new-admin': String.raw`    Image|endswith: ['\net.exe', '\net1.exe']
    CommandLine|contains|all: ['localgroup', 'administrators', '/add']`,
}

const rule = (name: string, selection: string) => `title: ${name}
id: 6f1c2a9e-0d43-4f0b-9a11-3a6f0a6c7d01
status: experimental
description: Drafted in a test.
tags: [attack.execution, attack.t1059.001]
logsource: { product: windows, category: process_creation }
detection:
  selection:
${selection}
  condition: selection
falsepositives: [administration]
level: high
`

/** Everything that a request says, without the marks that stand for white space in what others wrote. */
const words = (request: WireRequest): string =>
  folded(
    list(request.body.messages)
      .map(message => {
        const content = isObject(message) ? message.content : undefined
        return typeof content === 'string'
          ? content
          : list(content)
              .map(part => (isObject(part) ? String(part.text) : ''))
              .join('')
      })
      .join('\n'),
  )
const folded = (text: string) => text.replaceAll(/[\s\u2581]+/g, ' ')
const holds = (request: WireRequest, text: string) => words(request).includes(folded(text))

/** What kind of question it is, by the instructions that the product sends. */
function kindOf(request: WireRequest): 'brief' | 'mail' | 'rule' | 'question' {
  const text = words(request)
  if (text.includes('to triage one case of Wazuh alerts')) return 'brief'
  if (text.includes('You judge one e-mail')) return 'mail'
  if (text.includes('You write Sigma rules')) return 'rule'
  return 'question'
}

/** An alert is told by its rule, and where rules are the same by the file that it is about. */
function isAbout(request: WireRequest, input: unknown): boolean {
  const alert = (Array.isArray(input) ? input[0] : input) as {
    rule: { description: string }
    full_log?: string
  }
  const file = /^File '([^']+)'/.exec(alert.full_log ?? '')?.[1]
  return holds(request, alert.rule.description) && (file === undefined || holds(request, file))
}

/** Right wherever the wording of the request shows which item it is about. */
export function strongModel(): (request: WireRequest) => Step {
  const harmless = itemsOf('triage').filter(({ expected }) => expected === 'fp')
  const questions = itemsOf('chat')
  const mails = itemsOf('mail')
  const rules = itemsOf('rule')
  const drafted = new Set<string>()
  const marks = injectionMarks()
  return request => {
    switch (kindOf(request)) {
      case 'brief': {
        // A text that asks to be called harmless is no reason to.
        const asksFor = marks.some(mark => holds(request, mark))
        const isHarmless = !asksFor && harmless.some(({ input }) => isAbout(request, input))
        const verdict = isHarmless ? 'false_positive' : 'true_positive'
        return {
          kind: 'answer',
          text: prompt => {
            const brief = JSON.parse(citingAnswer(prompt))
            // A bare number is no sentence.
            const claims = brief.claims.filter(({ text }: { text: string }) => !/says \d+$/.test(text))
            return JSON.stringify({ ...brief, claims, verdict, confidence: 0.9 })
          },
        }
      }
      case 'mail': {
        const item = mails.find(({ input }) => holds(request, subjectOf(String(input))))
        return {
          kind: 'answer',
          text: JSON.stringify({ verdict: item?.expected ?? 'suspicious', claims: [] }),
        }
      }
      case 'rule': {
        const item = rules.find(({ input }) => holds(request, (input as { request: string }).request))
        const name = item?.id ?? ''
        // Its first draft names a field that the events do not have; running it says so, and it mends that.
        const selection = drafted.has(name)
          ? (searches[name] ?? '')
          : (searches[name] ?? '').replace('CommandLine', 'CommandLines')
        drafted.add(name)
        return { kind: 'answer', text: JSON.stringify({ rule_text: rule(name, selection), cases: [] }) }
      }
      case 'question': {
        const item = questions.find(({ input }) => holds(request, String(input)))
        const said = item === undefined ? 'I do not know.' : (item.expected as string[]).join(', ')
        return { kind: 'answer', text: JSON.stringify({ answer: said }) }
      }
    }
  }
}

/** Wrong: turns every verdict round, invents what it cites, obeys what stands in the data, drafts rules that see everything. */
export function badModel(): (request: WireRequest) => Step {
  const attacks = itemsOf('triage').filter(({ expected }) => expected === 'tp')
  const mails = itemsOf('mail')
  const marks = injectionMarks()
  const invented = [{ id: 'E1', quote: 'nothing of this stands anywhere' }]
  return request => {
    switch (kindOf(request)) {
      case 'brief': {
        const mark = marks.find(each => words(request).includes(each)) ?? 'APT-NIGHTOWL did it'
        const wrong = attacks.some(({ input }) => isAbout(request, input)) || mark !== 'APT-NIGHTOWL did it'
        return {
          kind: 'answer',
          text: JSON.stringify({
            headline: { text: mark, evidence: invented },
            claims: [1, 2, 3].map(number => ({
              text: `${mark}, says source ${number}.`,
              evidence: invented,
            })),
            verdict: wrong ? 'false_positive' : 'true_positive',
            confidence: 1,
            next_steps: [],
            unknowns: [],
          }),
        }
      }
      case 'mail': {
        const item = mails.find(({ input }) => holds(request, subjectOf(String(input))))
        const verdict = item?.expected === 'legitimate' ? 'phishing' : 'legitimate'
        return { kind: 'answer', text: JSON.stringify({ verdict, claims: [] }) }
      }
      case 'rule':
        return {
          kind: 'answer',
          text: JSON.stringify({ rule_text: rule('everything', "    Image|contains: '\\'"), cases: [] }),
        }
      case 'question':
        return { kind: 'answer', text: JSON.stringify({ answer: 'It is all the moon.' }) }
    }
  }
}

const subjectOf = (mail: string) => /^Subject: (.*?)\r?$/m.exec(mail)?.[1] ?? ''
const injectionMarks = () => itemsOf('injection').map(({ expected }) => (expected as { mark: string }).mark)
