import { mixesScripts } from '../../lib/look-alike.ts'
import { invisibleCount } from '../content/fold-text.ts'
import { smuggles } from '../content/html-smuggling.ts'
import { headerOf } from '../mime/part-tree.ts'
import { bodyRange, fieldRange } from '../mime/source-range.ts'
import { type Examined, type Finding, quote } from './finding.ts'
import { isDressedUp, namesMoney } from './sender-signals.ts'

/** Newsletters pad the preview line of the inbox with runs of these; that is no disguise. */
const paddingRun = /(?:[\s\u200b-\u200f\u00ad\ufeff\u2007\u00a0]|\u034f){6,}/g

/** How the text is made: hidden, disguised, drawn, scripted. */
export function contentSignals(examined: Examined): Finding[] {
  const { mail } = examined
  return [
    ...subjectSignals(examined),
    ...textSignals(examined),
    ...markupSignals(examined),
    ...(mail.isDeliveryReport ? [reportFinding(examined)] : []),
  ]
}

function reportFinding({ mail }: Examined): Finding {
  return {
    id: 'delivery-report',
    strength: 1,
    text: 'built as a delivery notice (RFC 3464)',
    where: () => bodyRange(mail.root),
  }
}

function subjectSignals({ mail }: Examined): Finding[] {
  const findings: Finding[] = []
  const where = () => fieldRange(mail.root, mail.subjectField)
  const isDressed = isDressedUp(mail.subject)
  if (isDressed || namesMoney(mail.subject)) {
    findings.push({
      id: 'subject-dressed-up',
      strength: isDressed ? 1 : 0.4,
      text: `the subject is dressed up: ${quote(mail.subject)}`,
      where,
    })
  }
  const recipient = mail.to.find(
    mailbox => mailbox.address.length > 5 && mail.subject.toLowerCase().includes(mailbox.address),
  )
  if (recipient)
    findings.push({
      id: 'recipient-in-subject',
      strength: 1,
      text: `the subject holds the recipient's address`,
      where,
    })
  const random = mail.subject.split(/[\s()[\]_#:-]+/).find(isRandomToken)
  if (random)
    findings.push({
      id: 'subject-random-token',
      strength: 1,
      text: `${quote(random)} in the subject makes each copy differ`,
      where,
    })
  const isReply = /^\s*(?:re|fwd?|aw|wg|tr|rv|enc|res|r|i)\s*(?:\[\d+\])?\s*:/i.test(mail.subject)
  if (
    isReply &&
    !headerOf(mail.root, 'in-reply-to') &&
    !headerOf(mail.root, 'references') &&
    !hasQuote(mail.body?.visible ?? '')
  ) {
    findings.push({
      id: 'reply-without-thread',
      strength: 1,
      text: `${quote(mail.subject)} looks like a reply, but answers nothing`,
      where,
    })
  }
  return findings
}

/** Letter salad such as mass mailers add to get past filters; numbers alone are order numbers. */
function isRandomToken(token: string): boolean {
  if (!/^[A-Za-z0-9]{8,40}$/.test(token) || /^[0-9a-f]+$/.test(token)) return false
  const turns =
    token.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z]{1,2}[A-Z])|[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0
  return turns >= 3 || /[bcdfghjklmnpqrstvwxz]{6,}/i.test(token)
}

/** Quoted lines, or the line with which mail programs introduce a quote. */
function hasQuote(text: string): boolean {
  return (
    // A blank of the same line only: with any, each of a hundred thousand empty lines is read to the last.
    (text.match(/^[^\S\r\n\u2028\u2029]*>/gm)?.length ?? 0) > 1 ||
    /^.{0,200}(?:wrote|schrieb|a ecrit|a écrit|escribi[oó]|escreveu|ha scritto)\b.{0,80}:\s*$/im.test(text)
  )
}

function textSignals({ mail, body }: Examined): Finding[] {
  const text = mail.body
  if (text === undefined) return []
  const findings: Finding[] = []
  const sample = text.visible.slice(0, 60_000)
  if (hasQuote(sample)) {
    findings.push({
      id: 'thread-quoted',
      strength: 1,
      text: 'quotes an earlier mail',
      where: () => text.rangeOfVisible(0, 1),
    })
  }
  const all = `${mail.subject} ${sample}`
  const invisible = invisibleCount(all.replace(paddingRun, ''))
  if (invisible > 5 && /[\p{L}\p{N}][\u00ad\u200b-\u200d\u2060-\u2064\ufeff]+[\p{L}\p{N}]/u.test(all)) {
    findings.push({
      id: 'invisible-characters',
      strength: 1,
      text: `${invisible} invisible characters break words up`,
      where: () => text.rangeOfVisible(0, sample.length),
    })
  }
  const padding = /[_=.*~-]{60,}/.exec(sample.trimStart().slice(0, 300))
  const salad = (sample.slice(0, 3_000).match(/[a-z0-9]{30,200}/g) ?? []).find(
    run => (run.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0) >= 6 && !/^[0-9a-f]+$/.test(run),
  )
  if (text.kind === 'html' && (padding || salad)) {
    const example = padding?.[0] ?? salad ?? ''
    const at = Math.max(text.visible.indexOf(example), 0)
    findings.push({
      id: 'text-padding',
      strength: 1,
      text: `filled up with ${quote(example.slice(0, 40))}, which says nothing`,
      where: () => text.rangeOfVisible(at, at + example.length),
    })
  }
  const mixed = (all.match(/[\p{L}\p{N}]+/gu) ?? []).find(word => mixesScripts(word))
  const fonts = /[\u{1d400}-\u{1d7ff}]{3,}/u.exec(all)
  if (mixed || fonts) {
    const example = mixed ?? fonts?.[0] ?? ''
    const at = Math.max(text.visible.indexOf(example), 0)
    findings.push({
      id: 'letters-disguised',
      strength: 1,
      text: `${quote(example)} mixes look-alike letters`,
      where: () => text.rangeOfVisible(at, at + example.length),
    })
  }
  const words = body.text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0
  if (words > 500)
    findings.push({
      id: 'long-read',
      strength: Math.min(1, words / 2000),
      text: `${words} words to read`,
      where: () => bodyRange(text.part),
    })
  const carriers = mail.attachments.filter(
    part =>
      /^(?:application|image)\//.test(part.mediaType) && !/calendar|pkcs7|pgp|ics$/.test(part.mediaType),
  )
  const [carrier] = carriers
  if (carrier && words < 40 && !mail.links.some(link => link.kind !== 'image')) {
    findings.push({
      id: 'attachment-is-message',
      strength: words < 15 ? 1 : 0.6,
      text: `says next to nothing itself; the message is in ${quote(carrier.fileName || carrier.mediaType)}`,
      where: () => bodyRange(carrier),
    })
  }
  const images = text.html?.images ?? 0
  if (text.kind === 'html' && images > 0 && words < 20) {
    findings.push({
      id: 'image-only',
      strength: words < 10 ? 1 : 0.3,
      text: `${images} ${images === 1 ? 'picture' : 'pictures'} and only ${words} ${words === 1 ? 'word' : 'words'}`,
      where: () => bodyRange(text.part),
    })
  }
  return findings
}

function markupSignals({ mail }: Examined): Finding[] {
  const findings: Finding[] = []
  for (const text of mail.texts) {
    const html = text.html
    if (html === undefined) continue
    const where = () => bodyRange(text.part)
    const hidden = text.hidden.replace(paddingRun, ' ').replace(/\s+/g, ' ').trim()
    if (hidden.length > 300) {
      const share = Math.min(1, hidden.length / (text.visible.trim().length + 1))
      const run = html.runs.find(entry => entry.hidden && entry.text.trim() !== '')
      findings.push({
        id: 'hidden-text',
        strength: Math.max(0.2, share),
        text: `${hidden.length} characters are hidden from the reader: ${quote(hidden)}`,
        where: run ? () => text.rangeOfSource(run.start, run.start + run.text.length) : where,
      })
    }
    const form = html.links.find(link => link.kind === 'form')
    if (form)
      findings.push({
        id: 'form-in-mail',
        strength: html.inputFields > 1 ? 1 : 0.5,
        text: `a form sends what is typed to ${quote(form.target)}`,
        where: () => text.rangeOfSource(form.start, form.end),
      })
    if (html.passwordFields > 0)
      findings.push({ id: 'password-field', strength: 1, text: 'the mail itself asks for a password', where })
    const script = html.scripts.find(entry => entry.text.trim() !== '' && !/"@context"\s*:/.test(entry.text))
    if (script) {
      const at = () => text.rangeOfSource(script.start, script.start + script.text.length)
      findings.push({ id: 'script-in-mail', strength: 1, text: 'the mail carries a script', where: at })
      if (smuggles(script.text))
        findings.push({
          id: 'html-smuggling',
          strength: 1,
          text: 'a script builds a file or page out of encoded data',
          where: at,
        })
    }
  }
  return findings
}
