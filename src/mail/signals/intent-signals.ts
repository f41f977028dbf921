import { findIntents } from '../intent/find-intents.ts'
import { fieldRange } from '../mime/source-range.ts'
import { type Examined, type Finding, quote } from './finding.ts'

const examinedCharacters = 40_000
/** What a reader meets first; padding after it does not dilute it. */
const openingCharacters = 1_000

/** What the mail wants of its reader, by its words, and the pretexts that several of them make together. */
export function intentSignals(examined: Examined): Finding[] {
  const { mail } = examined
  const findings = new Map<Finding['id'], Finding>()
  const subjectWhere = () => fieldRange(mail.root, mail.subjectField)
  for (const hit of findIntents(examined.subject)) {
    const words = examined.subject.text.slice(hit.start, hit.end)
    const id = hit.intent.id as Finding['id'] // Every intent id is a signal kind: asserted by intents.test.ts.
    findings.set(id, { id, strength: 1, text: `${hit.intent.label}: ${quote(words)}`, where: subjectWhere })
  }
  const clipped = { ...examined.body, text: examined.body.text.slice(0, examinedCharacters) }
  // One phrase in a long newsletter is chance; in a mail of ten lines it is the point.
  const density = Math.min(1, Math.sqrt(1500 / Math.max(clipped.text.length, 1)))
  for (const hit of findIntents(clipped)) {
    const start = examined.body.originalOffset(hit.start)
    const end = examined.body.originalOffset(hit.end)
    const id = hit.intent.id as Finding['id'] // As above.
    const before = findings.get(id)
    const strength =
      Math.min(1, 0.4 + 0.3 * hit.count) * Math.max(density, hit.start < openingCharacters ? 0.6 : 0)
    const original = mail.body?.visible.slice(start, end) ?? ''
    if (before) findings.set(id, { ...before, strength: 1 })
    else
      findings.set(id, {
        id,
        strength,
        text: `${hit.intent.label}: ${quote(original)}`,
        where: () => mail.body?.rangeOfVisible(start, end) ?? subjectWhere(),
      })
  }
  return [...findings.values(), ...pretexts(findings), ...absence(examined, findings)]
}

function pretexts(found: ReadonlyMap<Finding['id'], Finding>): Finding[] {
  const together = (
    id: Finding['id'],
    text: string,
    all: readonly Finding['id'][],
    any: readonly Finding['id'][] = all,
  ): Finding[] => {
    const first = found.get(all[0] ?? id)
    if (first === undefined || !all.every(one => found.has(one)) || !any.some(one => found.has(one)))
      return []
    const strength = Math.min(first.strength, Math.max(...any.map(one => found.get(one)?.strength ?? 0)))
    return [{ id, strength, text, where: first.where }]
  }
  return [
    ...together(
      'threat-and-demand',
      'threatens, and asks for account data or a click at once',
      ['threatens-account'],
      ['asks-credentials', 'wants-click'],
    ),
    ...together(
      'urgent-payment',
      'a payment that is urgent or secret',
      ['orders-transfer'],
      ['urges', 'demands-secrecy', 'probes-availability'],
    ),
    ...together(
      'charge-and-call',
      'a charge nobody made, and a number to call',
      ['callback-phone'],
      ['refunds', 'sends-invoice', 'threatens-account', 'urges'],
    ),
    ...together(
      'blackmail-and-coin',
      'blackmail',
      ['extorts'],
      ['demands-secrecy', 'urges', 'threatens-account'],
    ),
  ]
}

/** Nothing to click, open, call or send: hardly a way to do harm. */
function absence({ mail }: Examined, found: ReadonlyMap<Finding['id'], Finding>): Finding[] {
  const asks = [...found.keys()].some(id => id !== 'urges' && id !== 'probes-availability')
  const clickable = mail.links.some(link => link.kind !== 'image')
  const words = mail.body?.visible.match(/\p{L}{2,}/gu)?.length ?? 0
  if (asks || clickable || mail.attachments.length > 0 || (mail.body?.html?.images ?? 0) > 0 || words < 12)
    return []
  return [
    {
      id: 'no-ask',
      strength: 1,
      text: 'nothing to click, open, call or pay',
      where: () => mail.body?.rangeOfVisible(0, 1) ?? fieldRange(mail.root, undefined),
    },
  ]
}
