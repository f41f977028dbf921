import type { EvidenceDraft, EvidenceItem } from '../domain/evidence.ts'
import { type Severity, severities } from '../domain/verdict.ts'
import { lookAlike } from '../lib/look-alike.ts'
import { PhraseScan } from '../lib/phrase-scan.ts'

/**
 * Ways in which text speaks to a model instead of saying something. Chosen to be rare in logs and mail: what is found
 * is itself evidence, so a false alarm costs an analyst's time. Nothing rests on finding all: no model that reads
 * such text can do more than answer.
 */
const forms: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    'tells a reader to drop its instructions',
    /\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|your|system|these|those)\b[^.\n]{0,30}\b(?:instruction|prompt|rule|direction|guideline|context|command|policy|polic)/,
  ],
  [
    'gives new instructions',
    /\b(?:new|updated|real|actual|following) (?:system )?(?:instructions?|task|prompt|directive)s?\s*(?::|are|is|for)/,
  ],
  [
    'speaks to an AI',
    /\b(?:you are (?:now|no longer)|as an ai|dear (?:ai|assistant|llm|model)|attention,? (?:ai|llm|assistant)|note to (?:the )?(?:ai|llm|assistant|model)|hey (?:gpt|chatgpt|claude|assistant))\b/,
  ],
  [
    'asks for the prompt',
    /\b(?:reveal|print|show|repeat|output|leak|tell me)\b[^.\n]{0,30}\b(?:system prompt|your (?:instructions|prompt|rules)|initial prompt)/,
  ],
  [
    'imitates a chat format',
    /<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[\/?inst\]|<<\/?sys>>|^[^\S\r\n\u2028\u2029]*#{2,3}\s*(?:system|instruction|assistant)\b|(?:^|["'>])[^\S\r\n\u2028\u2029]*(?:system|assistant)\s*:\s*\S/m,
  ],
  [
    'dictates the verdict',
    /\b(?:mark|classify|label|treat|report|consider|rate|set)\b[^.\n]{0,40}\b(?:as|to)\b[^.\n]{0,15}\b(?:benign|false.?positive|safe|harmless|not malicious|low severity|trusted|resolved|closed)\b/,
  ],
  [
    'asks to hide something',
    /\b(?:do not|don't|never|must not)\b[^.\n]{0,20}\b(?:mention|report|flag|alert|escalate|tell|disclose|include)\b[^.\n]{0,40}\b(?:this|user|analyst|human|anyone|alert|injection|instruction)/,
  ],
  [
    'names a jailbreak',
    /\b(?:jailbreak|do anything now|developer mode (?:enabled|on)|dan mode|unrestricted mode)\b/,
  ],
  ['asks for an exfiltrating link', /!\[[^\]]{0,80}\]\(https?:\/\/[^)\s]{0,200}[?&][^)\s]{0,40}=/],
]

/**
 * Text as a model would read through tricks: percent-encoding taken off, compatibility forms, no invisible characters,
 * tag characters as letters.
 */
function readable(text: string): string {
  return text
    .replace(/%[2-7][0-9a-f]/gi, hex => String.fromCharCode(Number.parseInt(hex.slice(1), 16)))
    .replace(/\u{e0000}|[\u{e0020}-\u{e007e}]/gu, tag =>
      String.fromCodePoint(((tag.codePointAt(0) ?? 0) - 0xe0000) & 0x7f),
    )
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u{e007f}]/gu, '')
}

/**
 * The ways in which a text may be read, in lower case. One, unless letters are left that are not ASCII: then also with
 * the letters that those pass for, without accents and hidden characters. Twice, since a letter may pass for two: in
 * its own case and in small letters (`Η` for h and n), for l and for i.
 */
function readings(text: string): string[] {
  const plain = readable(text)
  if (!/[^\0-\x7f]/.test(plain)) return [plain.toLowerCase()]
  const bare = plain.normalize('NFKD').replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
  const asSeen = bare.replace(/[^\0-\x7f]/gu, lookAlike)
  const small = bare.replace(/[^\0-\x7f]/gu, letter => {
    const lower = letter.toLowerCase()
    const seen = lookAlike(lower)
    const plainest = seen === lower ? lookAlike(letter) : seen
    return /^l$/i.test(plainest) ? 'i' : plainest
  })
  return [...new Set([plain, asSeen, small].map(reading => reading.toLowerCase()))]
}

/**
 * What every form needs at least, as it may stand in the JSON of an alert: its word, or characters and escapes behind
 * which a word can hide. One search that nearly every alert fails.
 */
const hint =
  /[^\0-\x7e]|\\u[0-9a-f]{4}|%[2-7][0-9a-f]|\b(?:ignore|disregard|forget|override|bypass|skip)\b|instruction|prompt|directive|(?:system|updated|following|actual|real|new) task|you are|as an ai|dear (?:ai|assistant|llm|model)|attention|note to|hey (?:gpt|chatgpt|claude|assistant)|your rules|<\||\[\/?inst\]|<\/?sys>|#\s*(?:system|assistant)|(?:system|assistant)\s*:|benign|false.?positive|\bsafe\b|harmless|not malicious|low severity|trusted|resolved|closed|do not|don't|never|must not|jailbreak|do anything now|developer mode|dan mode|unrestricted mode|!\[/i

/** Each alternative of `hint` holds one of these, or is not ASCII; nine alerts in ten hold none. */
const phrases = new PhraseScan([
  ...['\\u', '%2', '%3', '%4', '%5', '%6', '%7', '<|', '[inst]', '[/inst]', '<sys>', '</sys>', '!['],
  ...['ignore', 'disregard', 'forget', 'override', 'bypass', 'skip', 'instruction', 'prompt', 'directive'],
  ...['system task', 'updated task', 'following task', 'actual task', 'real task', 'new task'],
  ...['you are', 'as an ai', 'dear ai', 'dear assistant', 'dear llm', 'dear model', 'attention', 'note to'],
  ...['hey gpt', 'hey chatgpt', 'hey claude', 'hey assistant', 'your rules'],
  ...['#system', '# system', '#assistant', '# assistant', 'system:', 'system :', 'assistant:', 'assistant :'],
  ...[
    'benign',
    'positive',
    'safe',
    'harmless',
    'not malicious',
    'low severity',
    'trusted',
    'resolved',
    'closed',
  ],
  ...['do not', "don't", 'never', 'must not', 'jailbreak', 'do anything now', 'developer mode', 'dan mode'],
  'unrestricted mode',
])

/** Whether it is worth while to look closer at the JSON of an alert, given as text and in UTF-8. */
export function mayHoldInjection(json: string, utf8: Uint8Array = Buffer.from(json)): boolean {
  return phrases.holdsAny(utf8) && hint.test(json)
}

/** In how many ways a text speaks to a model, each in words for a person. */
export function injectionForms(text: string): string[] {
  const texts = readings(text)
  return forms.filter(([, pattern]) => texts.some(each => pattern.test(each))).map(([name]) => name)
}

/**
 * Evidence that somebody tried to talk to the model: one item for each item of the case that does. That is an
 * indicator of attack in its own right.
 */
export function suspectedInjections(evidence: readonly EvidenceItem[]): EvidenceDraft[] {
  return evidence
    .filter(item => item.trust === 'attacker-controlled' && item.kind !== 'suspected-injection')
    .flatMap(item => {
      const found = injectionForms(item.quote)
      if (found.length === 0) return []
      return [
        {
          kind: 'suspected-injection',
          source: item.source,
          pointer: '', // Computed: the item that it names has the place.
          quote: `${item.id} ${found.join(', and ')}`,
          trust: 'observed' as const,
          label: 'Text that speaks to an AI instead of a person',
        },
      ]
    })
}

/** The severity of a case with a suspected injection in it: one step up, never down. */
export function raisedByInjection(
  severity: Severity,
  evidence: readonly { readonly kind: string }[],
): Severity {
  if (!evidence.some(item => item.kind === 'suspected-injection')) return severity
  return severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)] ?? severity
}
