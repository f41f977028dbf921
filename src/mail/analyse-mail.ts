import type { MailOrganisation, MailReport, MailSignal } from '../domain/mail.ts'
import { messageOf } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { type CampaignPrint, campaignClusters, campaignPrint } from './campaign.ts'
import { combine, logistic, type Score, scoreWith, strongest } from './classifier/model.ts'
import { weights } from './classifier/weights.ts'
import { wordFeatures } from './classifier/words.ts'
import { indicatorsOf } from './indicators.ts'
import { type MailContext, noContext } from './mail-context.ts'
import { fieldRange } from './mime/source-range.ts'
import { type Mail, readMail } from './read-mail.ts'
import { memoryFindings } from './sender/sender-memory.ts'
import { examineMail, watchedBrands } from './signals/examine-mail.ts'
import type { Examined, Finding } from './signals/finding.ts'
import { fileMatchSignals, historySignals } from './signals/history-signals.ts'
import { verdictOf } from './verdict.ts'

/** Analyses messages of one run: `campaign` ids are shared by near-duplicates within it. */
export type MailAnalyser = (message: Buffer, file: string, index: number, context?: MailContext) => MailReport

/** A message examined and weighed. */
export interface AnalysedMail {
  readonly mail: Mail
  readonly print: CampaignPrint
  readonly judged: Pick<MailReport, 'verdict' | 'probability' | 'signals' | 'indicators'>
}

/** Weighs one message with what is known of its organisation and sender. Throws only for a fault of ours. */
export type WeighMail = (message: Buffer, problems: Problem[], context?: MailContext) => AnalysedMail

/** Makes the weighing for an organisation. No model, no network and no clock: the same bytes give the same result. */
export function mailWeigher(organisation: MailOrganisation): WeighMail {
  const brands = watchedBrands(organisation)
  return (message, problems, context = noContext) => {
    const mail = readMail(message, problems)
    const { examined, findings: seen, attachmentHashes } = examineMail(mail, organisation, brands, problems)
    const authenticated = seen.some(finding => finding.id === 'authenticated-home')
    const noticed: Finding[] = [
      ...seen,
      ...historySignals(mail, context.history, authenticated),
      ...fileMatchSignals(mail, context.fileMatches),
    ]
    const print = campaignPrint(examined)
    const findings = [...noticed, ...memoryFindings(examined.mail, print, noticed, context.decisions)]
    const words = wordFeatures(examined)
    const unwanted = scoreWith(weights.unwanted, findings, words)
    const harmful = scoreWith(weights.harmful, findings, words)
    const { slope, offset } = weights.calibration
    const probability = logistic(slope * combine(unwanted.logOdds, harmful.logOdds) + offset)
    const clickable = examined.mail.links.filter(link => link.kind !== 'image').length
    return {
      mail: examined.mail,
      print,
      judged: {
        verdict: verdictOf(
          probability,
          logistic(unwanted.logOdds),
          strongest(findings),
          clickable,
          weights.thresholds,
        ),
        probability: Number(probability.toFixed(6)),
        signals: signalsOf(examined, unwanted),
        indicators: indicatorsOf(examined.mail, attachmentHashes),
      },
    }
  }
}

/**
 * Makes an analyser for a run over files. It never throws for what is in a message; a fault of ours becomes the problem
 * `analysis-failed` in a `suspicious` record, because a mail that breaks its analysis is not to be waved through.
 */
export function mailAnalyser(organisation: MailOrganisation): MailAnalyser {
  const weigh = mailWeigher(organisation)
  const clusterOf = campaignClusters()
  return (message, file, index, context = noContext) => {
    const problems: Problem[] = []
    try {
      const { mail, print, judged } = weigh(message, problems, context)
      return { file, index, message_id: mail.messageId, ...judged, campaign: clusterOf(print), problems }
    } catch (error) {
      return brokenReport(file, index, problems, error)
    }
  }
}

/** The record of a message that could not be analysed. */
export function brokenReport(
  file: string,
  index: number,
  problems: readonly Problem[],
  error: unknown,
): MailReport {
  const failure = problem(
    'analysis-failed',
    `the analysis broke (${messageOf(error)}); look at this mail yourself`,
  )
  return {
    file,
    index,
    message_id: null,
    verdict: 'suspicious',
    probability: 0.5,
    signals: [],
    indicators: [],
    campaign: '',
    problems: [...problems, failure],
  }
}

/** The parts of the score as signals, the words as one of them, by falling absolute weight. */
function signalsOf({ mail }: Examined, score: Score): MailSignal[] {
  const signals: MailSignal[] = score.contributions.map(({ finding, weight }) => ({
    id: finding.id,
    weight: round(weight),
    text: finding.text,
    where: finding.where(),
  }))
  const top = score.words.top.filter(entry => entry.weight * score.words.weight > 0)
  if (top.length > 0) {
    signals.push({
      id: 'wording',
      weight: round(score.words.weight),
      text: `words such as ${[...new Set(top.map(entry => shownWord(entry.word)))].join(', ')}`,
      where:
        mail.body?.rangeOfVisible(0, mail.body.visible.length) ?? fieldRange(mail.root, mail.subjectField),
    })
  }
  return signals.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
}

/** Words of the subject are features of their own. */
function shownWord(word: string): string {
  const inSubject = word.startsWith('subject ') ? word.slice('subject '.length) : undefined
  return inSubject === undefined ? `"${word}"` : `"${inSubject}" in the subject`
}

function round(value: number): number {
  return Number(value.toFixed(4))
}
