import { detector, type SecretDetector } from './detector.ts'
import { isRealValue, looksRandom } from './real-value.ts'

/*
 * Secrets that nothing in their own form gives away: only the words around them do. The value may be quoted, and
 * the quotes escaped, as when JSON stands in a string.
 */

// A backslash belongs to the value unless a quote follows it: then it is the end of an escaped string.
const quoted =
  '\\\\{0,7}"(?<secret>(?:[^"\\\\\\r\\n]|\\\\+(?!["\\\\])){1,256})|\\\\{0,7}\'(?<secretSingle>(?:[^\'\\\\\\r\\n]|\\\\+(?![\'\\\\])){1,256})'
const bare = '[^\\s"\'\\`,;<>|\\\\&]'
/** An ampersand ends an unquoted value only where the next parameter of a query begins. */
const value = `(?:${quoted}|(?<secretBare>${bare}(?:${bare}|&(?![\\w.%-]{1,40}=)|\\\\+(?!["'\\\\nrt])){0,255}))`
const restOfName = '(?:[\\w.-]{0,24})'
const assigns = '\\\\{0,7}["\'\\])]?[ \\t]{0,8}(?:=>|:=|==|=|:(?!:))[ \\t]{0,8}'
const notSecretName =
  /(?:_?id|name|url|uri|file|path|length|size|type|version|policy|field|hint|label|age|expir\w*|date|count|hash(?:es)?algorithm|encoding|provider|location|selector|format|prompt|reset|len|max|min|var(?:iable)?|arn|endpoint|pair|word|board|press(?:ed)?|code|space|store|chain|ring|tab|usage|mgmt|manager|group|set|map|index)$/i

/** Passwords: whatever stands behind the word is one, unless it is a template. */
const isPassword = (secret: string, match: RegExpExecArray): boolean => {
  // A quote that closes something else opens no password: ` status=failed` between two of them.
  if (secret.length < 3 || /^\s/.test(secret) || !isRealValue(secret)) return false
  const name = match[0].slice(0, match[0].search(/[\s"'=:\\\])]/))
  const restOfWord = /^(?:password|passwd|passwort|passphrase|pass|pwd)(?:$|([\w.-]+)$)/i.exec(name)?.[1]
  if (restOfWord !== undefined && notSecretName.test(restOfWord)) return false
  // `pwd` is also the working directory.
  if (/^pwd$/i.test(name) && /^(?:\/|[a-z]:|~|\.)/i.test(secret)) return false
  // `password: must be changed` is a sentence.
  const prose =
    /^[a-z]+$/.test(secret) &&
    !/=/.test(match[0]) &&
    /^ [a-z]+/.test(match.input.slice(match.index + match[0].length))
  return !prose
}

/** Tokens and keys: only what was drawn by chance. */
const isToken = (secret: string, match: RegExpExecArray): boolean => {
  const name = match[0].slice(0, match[0].search(/[\s"'=:\\\])]/))
  const whole = nameBefore(match) + name
  if (
    notSecretName.test(name) ||
    /csrf|xsrf|public|pubkey|foreign|primary|cache|partition|registry|sort|object|publishable/i.test(whole)
  )
    return false
  // The attacker's URL is an indicator: its `token=` is his. Names that only we use stay secrets there too.
  if (/^token$/i.test(name) && /[?&]$/.test(match.input.slice(0, match.index).slice(-1))) return false
  return isRealValue(secret) && looksRandom(secret, /secret|pass|token/i.test(name) ? 8 : 16)
}

/** The part of an identifier that stands before the match. */
function nameBefore(match: RegExpExecArray): string {
  return /[\w.-]{0,30}$/.exec(match.input.slice(Math.max(0, match.index - 30), match.index))?.[0] ?? ''
}

const isHeaderValue = (secret: string): boolean => secret.length >= 4 && isRealValue(secret)

const isUrlPassword = (secret: string, match: RegExpExecArray): boolean => {
  const user = match.groups?.user ?? ''
  if (secret.length < 4 || !isRealValue(secret) || secret === user) return false
  return !(/^(?:my)?password$/i.test(secret) && /^(?:user(?:name)?|dbuser|login|root)$/i.test(user))
}

/** `-u name:word` of examples. */
const isUserPair = (secret: string, match: RegExpExecArray): boolean => {
  const words = new Set(['password', 'pass', 'passwd', 'token', 'secret', 'test', 'yyy', 'x', 'key', 'pw'])
  const user = match.groups?.user ?? match.groups?.userBare ?? ''
  const password = secret
  const empty = password === '' || /^[$<{[%]/.test(user) || words.has(password.toLowerCase())
  return !empty && password.length >= 3 && isRealValue(password)
}

/** Services whose keys have no form of their own. */
const services =
  'adafruit airtable algolia asana atlassian bitbucket bittrex codecov coinbase confluent contentful datadog discord droneci etsy fastly finnhub flickr freshbooks gitter heroku hubspot intercom jfrog artifactory kraken kucoin launchdarkly looker mailchimp mailgun mapbox mattermost messagebird meraki netlify newrelic new-relic nytimes okta plaid privateai sendbird sentry snyk sonar sourcegraph squarespace sumo travis trello twitter twitch yandex zendesk beamer shodan virustotal abuseipdb otx thehive misp'
const passwordTools =
  'mysql mysqldump mysqladmin mariadb sshpass plink psexec paexec evil-winrm crackmapexec netexec smbmap hydra xfreerdp wmiexec smbexec remcom kinit mongosh mongodump winexe'
const anyOf = (words: string) => words.split(' ').join('|')

export const credentialContexts: readonly SecretDetector[] = [
  detector(
    'password',
    'password passwd passwort passphrase pwd kennwort senha contrase',
    `(?<![A-Za-z0-9+/]{20})(?:password|passwd|passwort|passphrase|pwd|kennwort|senha|contraseña)${restOfName}${assigns}${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector('password', 'pass', `(?<![A-Za-z])pass\\d?(?:in|out)?${assigns}(?:pass:)?${value}`, {
    flags: 'i',
    holds: isPassword,
  }),
  detector('password', '<password>', '<password>(?<secret>[^<>\\s]{3,256})</', {
    flags: 'i',
    holds: isRealValue,
  }),
  // `--password x`, `/password:x`, `-pw x`, `-Password x`: a flag and its value.
  detector(
    'password',
    '-pass --pass --pw /pass -pw /pw /rp -rp',
    `(?<![\\w-])(?:--?|/)(?:pass(?:word|wd|phrase)?|pw|rp)(?:[ =:]\\s{0,4})${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    passwordTools,
    `(?:${anyOf(passwordTools)})(?:\\.exe|\\.py|64)?\\b[^\\n;|&]{0,200}?\\s-p ?(?!\\s|-)${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'sqlcmd osql zip unzip',
    `(?:sqlcmd|osql|unzip|zip)\\b[^\\n;|&]{0,200}?\\s-P ?(?!-)${value}`,
    { holds: isPassword },
  ),
  detector(
    'password',
    'redis-cli ldapsearch ldapadd ldapmodify',
    `(?:redis-cli|ldap(?:search|add|modify))\\b[^\\n;|&]{0,200}?\\s-[aw] ?(?!-)${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'smbclient rpcclient',
    '(?:smbclient|rpcclient)\\b[^\\n;|&]{0,200}?\\s-U ?["\']?[^\\s%"\']{1,64}%(?<secret>[^\\s"\']{1,64})',
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'net net1',
    `(?<!\\w)net1?(?:\\.exe)?["']?[ \\t]{1,4}user[ \\t]{1,4}(?!/)(?:"[^"\\n]{1,64}"|[^\\s"'/\\\\,;]{1,64})[ \\t]{1,4}(?!/|\\*|[A-Za-z]:)${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'net net1',
    `(?<!\\w)net1?(?:\\.exe)?["']?[ \\t]{1,4}use[ \\t][^\\n]{0,120}?\\\\\\\\\\S{1,120}[ \\t]{1,4}(?!/|\\*|-)${value}(?=[ \\t]{1,4}/u)`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'convertto-securestring',
    `ConvertTo-SecureString\\s{1,4}(?:-String\\s{1,4})?(?!-|\\$)${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'identified',
    `identified\\s{1,4}(?:with\\s\\S{1,40}\\s)?by\\s{1,4}(?:password\\s)?${value}`,
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'htpasswd',
    'htpasswd\\b[^\\n;|&]{0,80}?\\s-\\w*b\\w*\\s{1,4}\\S{1,120}\\s\\S{1,64}\\s(?<secret>\\S{1,64})',
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    'echo',
    'echo\\s{1,4}["\']?(?:[\\w.-]{1,32}:)?(?<secret>[^\\s"\'|]{4,64})["\']?\\s?\\|\\s?(?:/usr/bin/|/usr/sbin/)?(?:sudo\\s{1,4}-S|chpasswd|passwd)',
    { flags: 'i', holds: isPassword },
  ),
  detector(
    'password',
    '-u --user',
    `(?<![\\w-])(?:-u|--user)[ =]?\\s{0,4}(?:["'](?<user>[^"':\\n]{0,64})(?:["']:["']|:)(?<secret>[^"'\\n]{1,128})["']|(?<userBare>[^\\s"':/]{1,64}):["']?(?<secretBare>[^\\s"']{1,128}))`,
    { flags: 'i', holds: isUserPair },
  ),
  detector('password', '-u', '(?<![\\w-])-u\\s{0,4}["\'](?<secret>[^"\':\\s]{8,64}):["\']', {
    holds: secret => isRealValue(secret) && looksRandom(secret, 8),
  }),
  detector(
    'url-credentials',
    '://',
    '://(?<user>[^\\s:@/"\'<>\\\\?#]{0,64}):(?<secret>[^\\s/"\'<>\\\\]{1,128})@(?=[\\w\\[.-])',
    { holds: isUrlPassword },
  ),
  detector(
    'authorization',
    'authorization',
    '(?:proxy-)?authorization\\\\{0,7}["\']?\\s{0,4}[:=]\\s{0,4}\\\\{0,7}["\']?(?:(?:basic|bearer|token|digest|negotiate|ntlm|apikey|api-token|aws4-hmac-sha256)\\s{1,4})?(?!(?:basic|bearer|token|digest|negotiate|ntlm)\\b)(?<secret>[^\\s"\'\\\\,;<>]{4,4096})',
    { flags: 'i', holds: isHeaderValue },
  ),
  detector('bearer', 'bearer', '(?<![\\w-])bearer\\s{1,4}(?<secret>[\\w.~+/-]{16,4096}=*)', {
    flags: 'i',
    holds: secret => isRealValue(secret) && (looksRandom(secret) || secret.length > 60),
  }),
  detector(
    'api-key',
    'api-token: apikey: token: x-api-key: api-key: x-auth-token: private-token: x-vault-token:',
    '(?<=["\'\\n-][\\w-]{0,24})(?:api-?token|apikey|token|api-key):\\s{0,4}(?<secret>[^\\s"\'\\\\<>{}$]{8,256})(?=["\'\\s])',
    { flags: 'i', holds: secret => isRealValue(secret) && /\d/.test(secret) },
  ),
  detector(
    'cookie',
    'cookie:',
    'cookie:\\s{0,4}[^\\r\\n"\']{0,400}?(?:sess|sid|token|auth|jwt|login|remember|id)[\\w.-]{0,24}=(?<secret>[^\\s;"\',]{8,4096})',
    { flags: 'i', holds: isHeaderValue },
  ),
  detector(
    'session-id',
    'phpsessid= jsessionid= asp.net_sessionid= sessionid= connect.sid= ci_session= laravel_session=',
    '(?:phpsessid|jsessionid|asp\\.net_sessionid|sessionid|connect\\.sid|ci_session|laravel_session)=(?<secret>[^\\s;"\'&,]{8,512})',
    { flags: 'i', holds: isRealValue },
  ),
  detector(
    'api-key',
    'secret token apikey api_key api-key api.key accesskey access_key access-key access.key privatekey private_key private-key authkey auth_key auth-key encryptionkey encryption_key signingkey signing_key masterkey master_key sharedkey shared_key secretkey secret_key accountkey licensekey license_key clientkey client_key credential credentials access_token client_srt',
    `(?:secret|token|(?:api|access|private|auth|encryption|signing|master|shared|secret|account|license|client)[_.-]?key|credentials?|client_srt)${restOfName}${assigns}${value}`,
    { flags: 'i', holds: isToken },
  ),
  detector(
    'aws-secret',
    'aws_secret secretaccesskey aws.secret',
    `(?:aws[\\w.-]{0,24}secret|secretaccess)[\\w.-]{0,24}${assigns}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])`,
    { flags: 'i', holds: isRealValue },
  ),
  detector(
    'aws-account',
    'aws_account aws-account awsaccount account_id',
    `(?:aws[_-]?)account[_-]?(?:id|number)?${assigns}["']?(?<secret>\\d{4}-?\\d{4}-?\\d{4})(?!\\d)`,
    { flags: 'i' },
  ),
  detector(
    'azure-id',
    'azure_client_id azure_tenant_id ad_tenant_id ad_client_id azureclientid azuretenantid',
    `(?:azure|ad)_?(?:client|tenant)_?id${assigns}["']?(?<secret>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`,
    { flags: 'i' },
  ),
  detector(
    'azure-key',
    'accountkey= sharedaccesskey= sharedsecret= accesskey=',
    '(?:account|sharedaccess|access)key=(?<secret>[A-Za-z0-9+/]{30,}={0,2})',
    { flags: 'i' },
  ),
  detector(
    'signature',
    'sig= signature= x-amz-signature= x-amz-security-token=',
    '(?<=[?&;][\\w-]{0,20})(?:sig|signature|token)=(?<secret>[\\w%+/=-]{16,2048})',
    { flags: 'i', holds: secret => isRealValue(secret) && /\d/.test(secret) },
  ),
  detector(
    'snmp-community',
    'community',
    'community(?:\\s{1,4}(?:string\\s{1,4})?(?:is|=|:)?|[=:])\\s{0,4}["\'](?<secret>[^"\'\\s]{3,64})["\']',
    { flags: 'i', holds: isRealValue },
  ),
  detector(
    'service-key',
    services,
    `(?<![a-z])(?<service>${services.replaceAll(' ', '|')})(?<rest>[\\w.-]{0,24})${assigns}["']?(?<secret>[A-Za-z0-9_=-]{20,64})(?![\\w=-])`,
    {
      flags: 'i',
      holds: (secret, match) =>
        !/^[a-z]/.test(match.groups?.rest ?? '') && isRealValue(secret) && looksRandom(secret, 20),
    },
  ),
]
