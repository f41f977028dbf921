// What a report says did not happen: `no evidence of lateral movement`, `did not use PowerShell`, `unlike APT28`, `patched
// before exploitation`. It is looked for clause by clause, and only in forms that deny: most sentences of threat reports
// that have a `not` tell something that happened (`was not detected`, `does not run if`, `not only`).

/** UTF-16 units of the text. */
interface DeniedSpan {
  readonly start: number
  readonly end: number
}

/** A clause ends here: what follows is said again, or of something else. */
const clauseEnd =
  /[.;:!?\u2014](?=\s|$)|\s-\s|,\s+(?:but|however|although|though|while|whereas|yet|instead|and|so|which|who|it|they|he|the)\b|\s(?:but|however|although|though|whereas|instead|nevertheless|even though|except|until|unless)\b|\sand\s+(?:then|instead|used|uses|relied|relies|ran|executed|deployed|it|they|he|the (?:attackers?|actors?|group|malware))\b/i

/** Behind a `not` these deny that it was seen, or how it was done, and not that it was. */
const seenOrMeans = String.raw`(?:been\s+|be\s+|being\s+|yet\s+|initially\s+|immediately\s+)*(?:detect|notic|flag|block|prevent|seen|see\b|caught|observ(?:ed|able)\s+by|visibl|apparent|obvious|recogni[sz]|identified\s+by|know|clear|sure|only|exclusively|until|just|limited|necessarily|simply|merely|require|need|rely|depend|touch|exist|already|present|run\b|execute\b|continue|respond|resolve|available|all\b|new\b|uncommon|unusual|surpris|malicious|match|support|valid|encrypted\s+(?:traffic|connection|channel|protocol)|have\s+(?:to|permission|access|admin)|even|fully|always|the\s+(?:first|only)|restrict|trust|sign(?:ed)?\b|patch|up\s+to|enough|possible\s+to\s+(?:determine|tell|say))`

const not = String.raw`(?:not|n['\u2019]t|never)`
const agent = String.raw`(?:(?:the|these|this|those|our|an?)\s+)?(?:[\w-]{1,30}\s+){0,2}?(?:attackers?|actors?|adversar(?:y|ies)|group|intruders?|threat\s+actors?|operators?|malware|ransomware|samples?|campaign|incident|intrusion|they|we|it|investigators?|analysts?|apt\d+|hackers?)`

const denials: readonly RegExp[] = [
  // Nothing was found.
  /\b(?:no|without(?: any)?|zero|lack(?:s|ed)? (?:of )?(?:any )?|absence of|not (?:find|found|see|seen|observe|observed|identify|identified|have)(?: any)?)\s*(?:\w+\s+){0,2}?(?:evidence|indications?|signs?|traces?|proof|artifacts?)\s+(?:of|that|for|to suggest|suggesting|indicating|pointing to|the)\b/gi,
  /\b(?:did|do|could|have|has|had|were|was)(?:\s+not|n['\u2019]t)\s+(?:been\s+)?(?:able\s+to\s+)?(?:found|find|see|seen|observe|observed|identify|identified|detect any|witness(?:ed)?)\s+(?:any\s+)?(?=\w)/gi,
  /\bno\s+(?:\w+\s+){0,3}?(?:was|were|has been|have been|had been)\s+(?:found|seen|observed|identified|detected|noted|involved|used|encrypted|stolen|exfiltrated|deployed|dropped|executed|installed|compromised|affected|accessed|exploited|modified|deleted|abused|performed|made|sent|taken|leaked|created)\b/gi,
  /\bno\s+(?:lateral movement|exfiltration|data exfiltration|encryption|persistence|ransomware|privilege escalation|credential (?:theft|dumping|access)|phishing|brute[- ]forc\w+|exploitation|data (?:theft|loss)|data was|malware|backdoors?|web ?shells?|c2|command[- ]and[- ]control)\b/gi,
  // It was not done.
  new RegExp(String.raw`(?<!\b(?:if|unless|whether|when|where|as)\s+)\b${agent}\s+(?:(?:did|does|do|has|have|had|was|were|is|are)\s*${not}|never)\s+(?!${seenOrMeans})(?=\w)`, 'gi'),
  new RegExp(String.raw`\b(?:was|were|has been|have been|had been|been)\s+${not}\s+(?:used|encrypted|stolen|exfiltrated|deployed|dropped|executed|installed|compromised|exploited|modified|deleted|abused|performed|involved|leaked|accessed|dumped)\b|\b(?:was|were)\s+never\s+(?:used|encrypted|stolen|exfiltrated|deployed|exploited|abused|accessed)\b`, 'gi'),
  /\bwithout any\s+(?!(?:user|human|interaction|authenticat|privileg|prior|special|further|additional|need|detection|warning|alert|trace|security|credential\w*\s*[.,;]|restriction|validation|notice))(?=\w)/gi,
  /\bat no (?:point|time|stage)\b|\bno (?:need|reason|attempts?|intention) to\b/gi,
  /(?<=^|[.;]\s)[^.;]{3,400}?\b(?:was|were|is|are|turned out to be|proved to be)\s+(?:an?\s+)?false\s+(?:positive|alarm)s?\b/gi,
  /\b(?:neither|nor)\s+(?=\w)/gi,
  /\bwithout\s+(?:using|relying on|the use of|resorting to|deploying|encrypting|exfiltrating|stealing|dropping|exploiting|any (?:use|exploitation|encryption|exfiltration) of)\b/gi,
  /\b(?:rul(?:ed?|es|ing) out|den(?:ied|ies)|dismiss(?:ed|es)|exclud(?:ed|es)(?=\s+(?:that|the\s+(?:use|possibility|presence))\b))\s+(?:that\s+|the\s+(?:use|possibility|presence)\s+of\s+)?(?=\w)/gi,
  /\b(?:rather than|instead of|as opposed to)\s+(?=\w)/gi,
  /\b(?:free|absent) (?:of|from)\s+(?=\w)/gi,
  // It was another.
  /\b(?:unlike|in contrast to|contrary to)\s+(?=\w)/gi,
  // It was stopped first, or would have been.
  /\b(?:patched|blocked|stopped|prevented|thwarted|foiled|contained|intercepted|quarantined|disrupted|evicted|removed|isolated|detected|remediated|mitigated|fixed|disabled)\b[^.;]{0,60}?\b(?:before|prior to)\s+(?=\w)/gi,
  /\bbefore\s+(?:any|it|they|he|(?:the\s+)?(?:[\w-]{1,30}\s+){0,2}?(?:attackers?|actors?|ransomware|malware|operators?|intruders?))\s+(?:could|was able|were able|managed|got|had (?:the|a) chance)\b/gi,
  /\bwould\s+have\s+(?:been\s+)?(?:able|allowed|enabled|led|resulted|let|given)\b/gi,
  /\b(?:in theory|theoretically|hypothetically)\b/gi,
] // biome-ignore format: a table

/** The clause ends with a comma where the denial opens the sentence: `Unlike A, B uses C.` */
const opening =
  /^(?:unlike|in contrast to|contrary to|im gegensatz|contrairement|a diferencia|rather than|instead of|as opposed to|without|neither)/i

/** Where the sentence goes on behind `Unlike A,` or `Unlike A, which is known for B,`. */
function openingEnd(rest: string): number | undefined {
  const sentence = /^[^.;!?]*/.exec(rest)?.[0] ?? ''
  const comma = sentence.indexOf(',')
  if (comma < 0) return undefined
  if (!/^,\s*(?:which|who|whose|where)\b/.test(sentence.slice(comma))) return comma
  const next = sentence.indexOf(',', comma + 1)
  return next < 0 ? comma : next
}

/** What of a sentence is denied, in order. */
function deniedSpans(text: string): DeniedSpan[] {
  const spans: DeniedSpan[] = []
  for (const pattern of denials) {
    for (const match of text.matchAll(pattern)) {
      const whole = match[0]
      // Where a clause is denied by what stands in front, that stays said: `The hole was patched before ...`.
      const before = /\b(?:before|prior to)\s+$/i.exec(whole)
      const start = match.index + (before?.index ?? 0)
      const from = match.index + whole.length
      const rest = text.slice(from, from + 600)
      const end = clauseEnd.exec(rest)?.index ?? rest.length
      const comma = opening.test(whole) ? openingEnd(rest) : undefined
      spans.push({ start, end: from + (comma ?? end) })
    }
  }
  return spans.sort((a, b) => a.start - b.start)
}

/** What is longer is no sentence. */
const longestSentence = 1_000

/** A sentence with blanks in the place of what it denies. Places stay as they are. */
export function withoutDenied(text: string): string {
  if (text.length > longestSentence) return text
  if (
    !/\b(?:no|not|never|neither|nor|without|lack|absence|unlike|contrast|contrary|rather|instead|opposed|before|prior|would|theor|hypoth|rul|exclud|den(?:ied|ies)|dismiss|free|absent|false)|n['\u2019]t\b/i.test(
      text,
    )
  )
    return text
  let said = ''
  let at = 0
  for (const { start, end } of deniedSpans(text)) {
    if (end <= at) continue
    const from = Math.max(at, start)
    said += text.slice(at, from) + ' '.repeat(end - from)
    at = end
  }
  return said + text.slice(at)
}

const nothingOf = [
  /\b(?:no|without(?: any)?)\s+(?:\w+\s+){0,2}?(?:evidence|indications?|signs?|traces?)\s+(?:of|that)\b/gi,
  /\b(?:no|did not (?:see|find|observe)(?: any)?)\s+(?:\w+\s+){0,2}?(?:connections?|communications?|traffic|contact|requests?|lookups?|queries)\s+(?:to|with|from|for)\b/gi,
  /\b(?:keine?n? (?:Verbindung(?:en)?|Kommunikation|Hinweise?|Anfragen) (?:zu|mit|auf|an)|im Gegensatz zu|aucune? (?:connexion|communication|preuve|trace|requête) (?:à|vers|avec|de)|contrairement à|(?:ninguna?|sin) (?:conexi[oó]n|comunicaci[oó]n|evidencia|indicios?) (?:a|con|de)|no hay (?:evidencias?|indicios) de|a diferencia de)\s/gi,
  /\b(?:unrelated to|unlike|not (?:related|linked|connected|attributed|tied) to|not (?:to be )?confused with)\s/gi,
] // biome-ignore format: a table
const harmless =
  /^[^.;,]{0,40}?\b(?:is|are|was|were)\s+(?:(?:in fact|actually|found to be|known to be|considered)\s+)?(?:not malicious|unrelated|not (?:an? )?(?:ioc|indicator)|(?:an? )?(?:benign|harmless|legitimate|false positive)|not (?:part of|involved in|used (?:by|in) (?:this|the)|related|affiliated|connected))\b/i

/** Whether a sentence denies that what stands at a place in it has to do with what it tells. */
export function deniesAt(sentence: string, at: number): boolean {
  if (harmless.test(sentence.slice(at).replace(/^\S+/, ''))) return true
  return nothingOf.some(pattern =>
    [...sentence.matchAll(pattern)].some(match => {
      const from = match.index + match[0].length
      if (at < from) return false
      const between = sentence.slice(from, at)
      return !clauseEnd.test(`${between} `) && !(opening.test(match[0]) && between.includes(','))
    }),
  )
}
