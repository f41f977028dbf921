import { isPrivateAddress } from '../../domain/network-address.ts'
import { cutText } from '../../lib/cut-text.ts'
import type { AlertView } from '../alert-view.ts'
import { type FieldText, matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'

const requestPatterns: readonly SignalPattern[] = [
  {
    id: 'injection-request',
    weight: 1.8,
    reason: 'the request carries code for the database, the shell or the browser',
    // Whoever asks for a page writes this text. No blank may count as a value too, and no comment end inside another one:
    // tried both ways, thirty of `/**/` in an address kept the reader busy for minutes, and forty for ever.
    pattern:
      /(?:%27|'|\+|%20|\s)(?:or|and)(?:\+|%20|\s)+(?:(?!%20)['"\w%])+(?:\+|%20|\s)*(?:=|%3d)|union(?:\+|%20|\s|\/\*(?:(?!\*\/).){0,8}\*\/)+(?:all(?:\+|%20|\s)+)?select|(?:<|%3c)script|\$\{jndi:|%24%7bjndi|(?:\.\.(?:\/|%2f|\\|%5c){1,3}){2}|(?:;|%3b|\||%7c)(?:\+|%20|\s)*(?:id|cat|wget|curl|bash|sh|nc|whoami)\b|\(\)\s*\{|etc(?:\/|%2f)passwd|php:\/\/|cmd=|system\(/i,
  },
  {
    id: 'scanner-agent',
    weight: 1.8,
    reason: 'the client names itself as a scanner',
    pattern:
      /nikto|sqlmap|nmap scripting|dirbuster|gobuster|ffuf|wpscan|masscan|zgrab|acunetix|nessus|nuclei|hydra/i,
  },
]

/** Places that no page links to: who asks for them looks for what was left open. */
const probe: SignalPattern = {
  id: 'probed-path',
  weight: 1.5,
  reason: 'the request asks for what no page links to, as whoever looks for a way in does',
  pattern:
    /\/\.(?:git|svn|hg|env|aws|ssh|htpasswd|htaccess|DS_Store|vscode)(?:[/.?]|$)|\/(?:phpmyadmin|pma|vendor\/phpunit|eval-stdin|cgi-bin\/(?:luci|\.%)|hnap1|owa\/auth\/x|adminer|wp-config|phpinfo|manager\/html|_ignition|boaform|solr\/admin|actuator\/(?:env|heapdump|gateway))\b|\.(?:sql|bak|old|swp)(?:\.(?:gz|zip))?(?:\?|$)/i,
}

/** What no header holds but to break in: functions for the shell, look-ups for Log4j. */
const headerAttack: SignalPattern = {
  id: 'injection-header',
  weight: 1.8,
  reason: 'a header of the request carries code for the shell or the logger of the server',
  pattern: /\(\)\s{0,4}\{\s{0,4}[:\w]{0,20}\s{0,4};|\$\{(?:jndi|\$\{|lower:|env:)/i,
}

/** Groups of rules that look for words of an attack in the address. */
const describedAttacks = /^(?:attack|sql_?injection|xss|rfi)$/

/** Letters, digits and marks of ordinary addresses, without steps upwards or words of programs in them. */
const plainRequest =
  /^(?!.{0,2000}(?:\.\.(?!\/[\w-]+\/[\w-]+\.\w)|passwd|shell|exec|eval|sleep|benchmark|concat|select\b|script\b|%(?:2[27ef]|3[bce]|5c|7c|0[0ad]|25|60|2[89])))[\w\-./?=&+~:,@%!*#]{1,2000}$/i

/** Wazuh reports long addresses, since overflows were once tried so: with one letter repeated, or bytes that are no text. */
function isLongQuery(view: AlertView, url: string): boolean {
  return /^URL too long/i.test(view.description.text) && !/(.)\1{39}|%(?:[89a-f][0-9a-f]|0[0-8])/i.test(url)
}

/** A counting rule saw many requests: the one that it shows says little about the others. */
function isRepeated(view: AlertView): boolean {
  return view.alert.rule.frequency !== undefined || /^multiple\b/i.test(view.description.text)
}

/** Servers undo percent signs before they read; attackers double them. What is read then is told as decoded. */
function requestSignals(url: FieldText): Signal[] {
  const rows = [...requestPatterns, probe]
  const found = matchPatterns(rows, url)
  const text = decoded(decoded(url.text))
  if (found.length > 0 || text === url.text) return found
  return matchPatterns(rows, { pointer: url.pointer, text }).map(signal => ({
    ...signal,
    quote: cutText(url.text, 160),
    decoded: signal.quote,
  }))
}

function decoded(text: string): string {
  return text.replaceAll(/%[2-7][0-9a-f]/gi, code => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
}

const staticFile: SignalPattern = {
  id: 'static-file',
  weight: -0.8,
  reason: 'a picture, style sheet or script of a page is asked for',
  pattern: /\.(?:png|jpe?g|gif|svg|ico|webp|css|js|map|woff2?|ttf|eot|mp4)(?:\?|$)/i,
}

/** What visitors say of themselves proves little; but nobody who breaks in needs to say it. */
const harmlessClient: SignalPattern = {
  id: 'usual-visitor',
  weight: -0.6,
  reason: 'the client names itself as a search engine or as monitoring',
  pattern:
    /Googlebot|bingbot|DuckDuckBot|YandexBot|Baiduspider|Applebot|facebookexternalhit|Prometheus\/|UptimeRobot|Pingdom|StatusCake|Zabbix|check_http|ELB-HealthChecker|GoogleHC|kube-probe|Datadog|Site24x7/,
}

function harmlessRequest(view: AlertView, url: FieldText | undefined): Signal[] {
  return [...matchPatterns([staticFile], url), ...matchPatterns([harmlessClient], view.log)]
}

/** What a web request asks for, and whether the server gave it. */
export function webSignals(view: AlertView): Signal[] {
  const isWeb = view.groups.has('web') || view.groups.has('accesslog') || view.groups.has('web_scan')
  if (!isWeb) return []
  const url = view.field('/data/url') ?? view.field('/url/original')
  const signals = [
    ...(url === undefined ? [] : requestSignals(url)),
    ...matchPatterns(requestPatterns.slice(1), view.log),
    ...matchPatterns([headerAttack], view.log),
  ]
  const status = view.field('/data/id') ?? view.field('/http/response/status_code')
  const isAttack = signals.length > 0
  const isPlain = !isAttack && url !== undefined && plainRequest.test(url.text)
  if (isPlain && [...view.groups].some(group => describedAttacks.test(group)) && !isRepeated(view)) {
    const reason =
      'the words of the rule are in the request, but nothing that a database, shell or browser would run'
    signals.push(signalFrom('plain-request', -1.2, reason, url))
  }
  if (
    (isAttack || (!isPlain && view.groups.has('attack'))) &&
    status !== undefined &&
    /^2\d\d$/.test(status.text)
  ) {
    signals.push(signalFrom('answered', 1, 'the server answered the request with success', status))
  } else if (status !== undefined && /^(?:40[0-57]|410|429)$/.test(status.text)) {
    signals.push(signalFrom('refused', -1, 'the server refused the request', status))
  } else if (status !== undefined && /^30\d$/.test(status.text)) {
    signals.push(
      signalFrom(
        'redirected',
        -0.8,
        'the server gave no page, only where to look or that it is unchanged',
        status,
      ),
    )
  }
  if (!isAttack && url !== undefined && isLongQuery(view, url.text)) {
    const reason = 'a long address of words, as dashboards and searches make them'
    signals.push(signalFrom('long-query', -2, reason, url))
  }
  if (!isAttack) signals.push(...harmlessRequest(view, url))
  const fired = view.field('/rule/firedtimes')
  const source = view.field('/data/srcip')
  if (
    (view.alert.rule.firedTimes ?? 0) > 20 &&
    fired !== undefined &&
    source !== undefined &&
    isPrivateAddress(source.text)
  ) {
    signals.push(signalFrom('many-requests', 0.9, 'many such requests within the hour, from inside', fired))
  }
  return signals
}
