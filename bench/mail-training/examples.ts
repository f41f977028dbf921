import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyMailOrganisation } from '../../src/domain/mail.ts'
import { type WordFeature, wordFeatures } from '../../src/mail/classifier/words.ts'
import { type Mail, readMail } from '../../src/mail/read-mail.ts'
import { examineMail, watchedBrands } from '../../src/mail/signals/examine-mail.ts'
import type { Finding } from '../../src/mail/signals/finding.ts'
import { normaliseMessage } from './normalise-message.ts'
import { ownMails } from './own-mail.ts'

const corpusLabels = ['phish', 'easy-ham', 'hard-ham', 'spam', 'bounces'] as const
export const sourceLabels = [...corpusLabels, 'modern-ham', 'fraud'] as const
export type SourceLabel = (typeof sourceLabels)[number]

/** One labelled mail, examined. `group` keeps what belongs together on one side of every fold. */
export interface LabelledMail {
  readonly file: string
  readonly label: SourceLabel
  readonly group: string
  /** Where the mail is from, for leave-one-source-out: list half for ham, year for phishing. */
  readonly source: string
  readonly findings: readonly Finding[]
  readonly words: readonly WordFeature[]
}

const brands = watchedBrands(emptyMailOrganisation)

function sourceOf(label: SourceLabel, file: string, message: Buffer): string {
  if (label !== 'phish') return /^(?:easy|hard)-ham-\d/.exec(file)?.[0] ?? label
  const date = /^date:.{0,40}?\b(20\d\d)\b/im.exec(message.subarray(0, 30_000).toString('latin1'))
  return `phish ${date?.[1] ?? 'undated'}`
}

function examine(
  file: string,
  label: SourceLabel,
  message: Buffer,
  group: (mail: Mail) => string,
): LabelledMail {
  const mail = readMail(normaliseMessage(message), [])
  const { examined, findings } = examineMail(mail, emptyMailOrganisation, brands, [])
  return {
    file,
    label,
    group: group(mail),
    source: sourceOf(label, file, message),
    findings,
    words: wordFeatures(examined),
  }
}

/** Reads `ROOT/train/LABEL/*.eml` and our own lines. Groups come from `campaigns.csv`, else from sender and subject. */
export function readTrainingMails(root: string): LabelledMail[] {
  const campaigns = readCampaigns(root)
  const corpus = corpusLabels.flatMap(label =>
    readdirSync(join(root, 'train', label))
      .sort()
      .map(file =>
        examine(
          file,
          label,
          readFileSync(join(root, 'train', label, file)),
          mail => campaigns.get(`train/${label}/${file}`) ?? ownGroup(mail),
        ),
      ),
  )
  const own = ownMails().map(({ kind, line, bytes }) =>
    examine(`${kind}-${line}`, kind, bytes, () => `own ${kind} ${line}`),
  )
  return [...corpus, ...own]
}

function readCampaigns(root: string): Map<string, string> {
  const lines = readFileSync(join(root, 'campaigns.csv'), 'utf8').trim().split('\n').slice(1)
  return new Map(
    lines.map(line => {
      const [path = '', , , campaign = ''] = line.trim().split(',')
      return [path, `campaign ${campaign}`]
    }),
  )
}

function ownGroup(mail: Mail): string {
  const subject = mail.subject
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .slice(0, 25)
  return `${mail.from[0]?.domain ?? ''} ${subject}`
}

/** The fold of a group: by hash, so that it does not depend on order. */
export function foldOf(group: string, folds: number): number {
  let value = 0x811c9dc5
  for (let at = 0; at < group.length; at++) value = Math.imul(value ^ group.charCodeAt(at), 0x01000193)
  return (value >>> 0) % folds
}
