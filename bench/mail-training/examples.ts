import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyMailOrganisation } from '../../src/domain/mail.ts'
import { type WordFeature, wordFeatures } from '../../src/mail/classifier/words.ts'
import { type Mail, readMail } from '../../src/mail/read-mail.ts'
import { examineMail, watchedBrands } from '../../src/mail/signals/examine-mail.ts'
import type { Finding } from '../../src/mail/signals/finding.ts'

export const sourceLabels = ['phish', 'easy-ham', 'hard-ham', 'spam', 'bounces'] as const
export type SourceLabel = (typeof sourceLabels)[number]

/** One labelled mail, examined. `group` keeps what belongs together on one side of every fold. */
export interface LabelledMail {
  readonly file: string
  readonly label: SourceLabel
  readonly group: string
  readonly findings: readonly Finding[]
  readonly words: readonly WordFeature[]
}

/** Reads `ROOT/SPLIT/LABEL/*.eml`; groups come from `campaigns.csv` where a file is listed, else from sender and subject. */
export function readLabelledMails(root: string, split: 'train' | 'test'): LabelledMail[] {
  const brands = watchedBrands(emptyMailOrganisation)
  const campaigns = readCampaigns(root)
  return sourceLabels.flatMap(label => {
    const folder = join(root, split, label)
    return readdirSync(folder)
      .sort()
      .map(file => {
        const mail = readMail(readFileSync(join(folder, file)), [])
        const { examined, findings } = examineMail(mail, emptyMailOrganisation, brands, [])
        const group = campaigns.get(`${split}/${label}/${file}`) ?? ownGroup(mail)
        return { file, label, group, findings, words: wordFeatures(examined) }
      })
  })
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
