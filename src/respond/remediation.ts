import type { Alert, Entity } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import { isPublicAddress } from '../domain/network-address.ts'
import { mailGateway, type Platform, type ResponseTarget } from '../domain/proposal.ts'
import { digestOf, type Json } from '../lib/canonical-json.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { RejectionRow } from '../store/proposals.ts'
import { findAction } from './actions.ts'
import { checkContent } from './authorise.ts'
import { hostProfile } from './host-profile.ts'
import { isMailAlert, mailSteps } from './mail-remediation.ts'
import { packageStep } from './package-steps.ts'
import type { ResponsePolicy } from './response-policy.ts'

/** One step, in the order of NIST SP 800-61: contain, eradicate, recover, harden. */
export interface RemediationStep {
  /** Identifies the step within its case, whatever stands around it. */
  readonly id: string
  readonly phase: 'contain' | 'eradicate' | 'recover' | 'harden'
  readonly text: string
  readonly why: string
  readonly evidence: readonly string[]
  readonly risk: string
  readonly undo: string
  /** What people said when they rejected this very action on this host, or one like it elsewhere, newest first. */
  readonly rejections: readonly RejectionRow[]
  /** What Tocsin could carry out; the others are a checklist. */
  readonly action:
    | { readonly action: string; readonly arguments: Json; readonly target: ResponseTarget }
    | undefined
}

/**
 * Steps for a case, from its own entities and techniques: without a model, and only what fits the system of each host.
 * An action that no proposal may ask for (a protected asset, no hash) is not offered. One that people rejected before
 * says so and comes after the others of its phase.
 */
export function remediationSteps(
  draft: CaseDraft,
  alerts: readonly Alert[],
  evidence: readonly EvidenceItem[],
  policy: ResponsePolicy,
  rejected: readonly RejectionRow[] = [],
): RemediationStep[] {
  const cite = (value: string) =>
    evidence
      .filter(item => item.quote.includes(value))
      .slice(0, 3)
      .map(item => item.id)
  const steps: RemediationStep[] = []
  const seen = new Set<string>()
  const offer = (
    phase: RemediationStep['phase'],
    action: string,
    args: Json,
    target: ResponseTarget,
    why: string,
    value: string,
  ) => {
    const key = JSON.stringify([action, args, target.agentId])
    if (seen.has(key) || !mayPropose(action, args, target, draft, policy)) return
    seen.add(key)
    const definition = findAction(policy, action)
    if (definition === undefined) return
    const text = definition.describe(args, target)
    steps.push({
      id: stepId(phase, text),
      phase,
      text,
      why,
      evidence: cite(value),
      risk: definition.blastRadius(args, target),
      undo:
        definition.undo === undefined
          ? 'It cannot be taken back.'
          : (findAction(policy, definition.undo(args).action)?.title ?? ''),
      rejections: rejectionsOf(action, args, target, rejected),
      action: { action, arguments: args, target },
    })
  }
  for (const step of mailSteps(alerts))
    offer(step.phase, step.action, step.arguments, mailGateway, step.why, step.value)
  for (const alert of alerts.filter(each => !isMailAlert(each))) {
    const target = targetOf(alert)
    for (const entity of alert.entities) {
      if (isAttacker(entity))
        offer(
          'contain',
          'block-address',
          { address: entity.value },
          target,
          `${entity.value} is the source of what this case is about.`,
          entity.value,
        )
    }
    const file = fileOf(alert)
    if (file !== undefined) {
      offer(
        'contain',
        'quarantine-file',
        file,
        target,
        'The file is new or changed, and its hash is known.',
        file.path,
      )
      offer(
        'eradicate',
        'yara-scan',
        { path: file.path },
        target,
        'A match names what the file is.',
        file.path,
      )
    }
    const process = processOf(alert)
    if (process !== undefined) {
      offer('contain', 'kill-process', process, target, 'The process is named in the alert.', process.program)
      offer(
        'eradicate',
        'yara-scan',
        { path: process.program },
        target,
        'The program was run; a match names what it is.',
        process.program,
      )
    }
  }
  return [...steps, ...updates(alerts, evidence, cite), ...checklist(draft, alerts)].sort(
    (a, b) =>
      phases.indexOf(a.phase) - phases.indexOf(b.phase) ||
      Number(a.rejections.length > 0) - Number(b.rejections.length > 0),
  )
}

/** One for each weak package on each host, the first twenty: more are a matter for patch management. */
function updates(
  alerts: readonly Alert[],
  evidence: readonly EvidenceItem[],
  cite: (value: string) => readonly string[],
): RemediationStep[] {
  const steps = new Map<string, RemediationStep>()
  for (const alert of alerts) {
    const step = packageStep(alert, hostProfile(alert, evidence))
    if (step === undefined || steps.size >= 20) continue
    const { value, ...shown } = step
    const id = stepId('harden', step.text)
    if (!steps.has(id))
      steps.set(id, {
        ...shown,
        id,
        phase: 'harden',
        evidence: cite(value),
        rejections: [],
        action: undefined,
      })
  }
  return [...steps.values()]
}

function stepId(phase: string, text: string): string {
  return digestOf([phase, text]).slice(0, 16)
}

/** The same action with the same arguments, wherever; what hangs on the host alone (isolate) counts for that host. */
function rejectionsOf(
  action: string,
  args: Json,
  target: ResponseTarget,
  rejected: readonly RejectionRow[],
): RejectionRow[] {
  const digest = digestOf(args)
  const onlyHost = Object.keys(args ?? {}).length === 0
  return rejected
    .filter(
      past =>
        past.action === action &&
        digestOf(past.arguments) === digest &&
        (!onlyHost || past.agentId === target.agentId),
    )
    .slice(0, 3)
}

const phases: readonly RemediationStep['phase'][] = ['contain', 'eradicate', 'recover', 'harden']

function mayPropose(
  action: string,
  args: Json,
  target: ResponseTarget,
  draft: CaseDraft,
  policy: ResponsePolicy,
): boolean {
  const content = { action, arguments: args, target, tenant: '', caseId: draft.id, expiresAtMs: 0, nonce: '' }
  return checkContent(content, policy).kind === 'fine'
}

function isAttacker(entity: Entity): boolean {
  return entity.type === 'address' && entity.role === 'source' && isPublicAddress(entity.value)
}

/** The alert's agent, and the system that its own fields give away. */
export function targetOf(alert: Alert): ResponseTarget {
  return { agentId: alert.agent.id, agentName: alert.agent.name, platform: platformOf(alert) }
}

function platformOf(alert: Alert): Platform {
  const path = readPointer(alert.document, '/syscheck/path')
  const windows =
    readPointer(alert.document, '/data/win') !== undefined ||
    alert.rule.groups.includes('windows') ||
    (typeof path === 'string' && /^[A-Za-z]:\\/.test(path))
  if (windows) return 'windows'
  return alert.rule.groups.includes('macos') ? 'macos' : 'linux'
}

function fileOf(alert: Alert): { path: string; sha256: string } | undefined {
  for (const [path, sha256] of [
    ['/syscheck/path', '/syscheck/sha256_after'],
    ['/data/tocsin/path', '/data/tocsin/sha256'],
  ] as const) {
    const values = [readPointer(alert.document, path), readPointer(alert.document, sha256)]
    const [name, hash] = values
    if (typeof name === 'string' && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash))
      return { path: name, sha256: hash }
  }
  return undefined
}

function processOf(alert: Alert): { pid: number; program: string } | undefined {
  const eventdata = '/data/win/eventdata'
  const pid = Number(
    readPointer(alert.document, `${eventdata}/processId`) ?? readPointer(alert.document, '/data/audit/pid'),
  )
  const image =
    readPointer(alert.document, `${eventdata}/image`) ?? readPointer(alert.document, '/data/audit/exe')
  if (!Number.isInteger(pid) || pid < 2 || typeof image !== 'string') return undefined
  return { pid, program: image.replaceAll('\\\\', '\\') }
}

interface Advice {
  readonly techniques: readonly string[]
  readonly phase: RemediationStep['phase']
  readonly text: Partial<Record<Platform | 'any', string>>
  readonly why: string
}

// What an analyst would do next by hand, by technique (ATT&CK) and system.
const advice: readonly Advice[] = [
  {
    techniques: ['T1110', 'T1078'],
    phase: 'contain',
    text: { any: 'Reset the password of each account that was signed in to, and end its sessions.' },
    why: 'A guessed or stolen password goes on working until it is changed.',
  },
  {
    techniques: ['T1110'],
    phase: 'harden',
    text: {
      linux:
        'Allow SSH by key only (PasswordAuthentication no in sshd_config), and from known networks only.',
      windows: 'Set an account lock-out policy, and take remote desktop off the internet.',
    },
    why: 'Guessing needs a place that takes passwords.',
  },
  {
    techniques: ['T1003'],
    phase: 'recover',
    text: {
      windows: 'Reset every account that was signed in on the host; after a domain controller, krbtgt twice.',
      any: 'Reset every account whose secrets were on the host.',
    },
    why: 'Credentials that were read are used elsewhere.',
  },
  {
    techniques: ['T1059', 'T1204'],
    phase: 'eradicate',
    text: {
      windows:
        'Read the parent process and its command line back to the first one, and remove what started it.',
      any: 'Follow the process tree back to what started it, and remove that.',
    },
    why: 'Killing the last process leaves the first.',
  },
  {
    techniques: ['T1053', 'T1543', 'T1547', 'T1546'],
    phase: 'eradicate',
    text: {
      windows: 'Remove the service, task or run key that the alert names, after you have exported it.',
      linux: 'Remove the cron entry, unit or profile script that the alert names, after you have copied it.',
    },
    why: 'It brings the intruder back at the next start.',
  },
  {
    techniques: ['T1505', 'T1190'],
    phase: 'eradicate',
    text: {
      any: 'Compare the web root with a known good copy; look in the access log for who called the file.',
    },
    why: 'A web shell seldom comes alone, and the log names its users.',
  },
  {
    techniques: ['T1136', 'T1098'],
    phase: 'eradicate',
    text: { any: 'Disable the account that was made or changed, and see what it has done since.' },
    why: 'It is a way back in.',
  },
  {
    techniques: ['T1070', 'T1562'],
    phase: 'recover',
    text: {
      any: 'Turn the protection or logging back on that was switched off, and fetch the missing time from another source.',
    },
    why: 'Until then later steps are not seen.',
  },
  {
    techniques: ['T1486', 'T1490'],
    phase: 'recover',
    text: {
      any: 'Take the host off the network, keep its memory and disk, and restore from a backup made before the first alert.',
    },
    why: 'Encrypted files come back from backups only.',
  },
  {
    techniques: ['T1021', 'T1570'],
    phase: 'contain',
    text: { any: 'Look at both ends: the host that it came from is affected as well.' },
    why: 'Lateral movement starts somewhere.',
  },
]

function checklist(draft: CaseDraft, alerts: readonly Alert[]): RemediationStep[] {
  const systems = [...new Set(alerts.map(platformOf))]
  return advice.flatMap(entry => {
    const matched = draft.techniques.filter(id => entry.techniques.includes(id.split('.')[0] ?? id))
    if (matched.length === 0) return []
    const texts = [...new Set(systems.flatMap(system => entry.text[system] ?? entry.text.any ?? []))]
    return texts.map(
      (text): RemediationStep => ({
        id: stepId(entry.phase, text),
        phase: entry.phase,
        text,
        why: `${entry.why} (${matched.join(', ')})`,
        evidence: [],
        risk: '',
        undo: '',
        rejections: [],
        action: undefined,
      }),
    )
  })
}
