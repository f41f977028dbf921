import { stemOf } from './words.ts'

const list = (text: string) => text.trim().split(/\s+/)

/** Words that assert nothing by themselves: grammar, and how reports speak. Compared by stem. */
const neutralStems = new Set(
  list(`
    a an the this that these those there here it its they them their he his she her we our you your i my who whom whose which
    what when where why how and or but nor so yet if then than as because since while although though however therefore thus
    hence also too both either neither each every all any some many much more most few several multiple numerous other another
    such same own very just only even still again already ever never not no none of in on at by for from to into onto upon with
    within without about above below under over after before during until till between among against through across along
    around behind beyond near off out up down per via toward towards is are was were be been being am has have had having do
    does did doing can could may might must shall should will would
    alert event log entry record line item evidence activity action attempt occurrence incident case finding observation
    detection report message text field value data detail information note time timestamp date moment period window day hour
    minute second week month user username account host hostname machine computer device endpoint server workstation system
    agent sensor client address ip source destination target origin port name id number count total rule level severity
    file folder path directory process program service command tool application software network
    observe see show record detect report note log indicate name call identify contain include involve concern relate
    associate belong match trigger generate produce raise fire occur happen take place come arise appear follow precede repeat
    describe say state mention list point refer correspond originate receive use make
    first last next previous later earlier then once twice time same single one two three four five six seven eight nine ten
    eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety dozen hundred thousand million zero pair
    new old current recent shortly immediately directly respectively together overall exactly precisely approximately
    roughly nearly almost least fewer less more long short high medium low critical moderate
    under way due result cause reason fact well known part kind type sort class case set group series sequence number
    map use send go fire rate name own flag calculate stand mean member status pid engine firewall request present
    attack attacker security analyst investigation review wazuh percent per cent minute utc am pm
    mb kb gb tb mib kib gib byte
    mr ms etc eg ie vs ok s t re ve ll d m
  `).map(stemOf),
)

/** Whether a word needs no evidence. */
export function isNeutral(word: string): boolean {
  return neutralStems.has(stemOf(word))
}

/** Words with which a writer marks a judgement. */
export const hedge =
  /\b(?:likely|unlikely|probabl[ey]|possibl[ey]|may|might|could|would|perhaps|presumably|apparently|seem(?:s|ed|ingly)?|appears? to|suggest(?:s|ed|ing|ive)?|indicat(?:es?|ing|ive) (?:that|of|an?|possible|potential)|consistent with|potential(?:ly)?|suspect(?:ed|s)?|suspicious|should|recommend\w*|points? to|hypothes\w+|expected|typical(?:ly)?|characteristic of|implies|imply|suspicion)\b/gi

/** Different words for one thing, by stem. A claim may use one where the evidence has another. */
const synonymGroups: readonly string[][] = [
  'log sign authenticat session access',
  'connect contact reach communicat link network traffic flow',
  'execut run launch start spawn invok command process execute cmdline commandlin',
  'creat add new write written wrote generat',
  'delet remov eras wipe',
  'modif chang alter edit update updat chang',
  'password credential secret passphras passwd',
  'scan prob sweep enumerat discover',
  'attempt try tries tried',
  'brute guess forc spray',
  'fail failur deni denied deny reject refus invalid unsuccess error',
  'succe accept grant',
  'block deny denied drop prevent reject',
  'download fetch retriev transfer get',
  'upload send sent post transfer put',
  'privileg administrat admin root elevat escalat sudo',
  'script powershell bash shell',
  'registry key hkey',
  'mail email message',
  'malwar virus trojan malicious',
  'remote external outsid',
  'integrity syscheck checksum hash',
  'parent child spawn start',
  'job task schedul cron',
  'install setup',
  'web http https url uri request',
  'disabl deactivat stop off',
  'enabl activat start on',
  'restart reboot start',
  'quarantin isolat',
  'technique attack mitre tactic',
].map(group => group.split(' ').map(stemOf))

const synonyms = new Map<string, Set<string>>()
for (const group of synonymGroups) {
  for (const stem of group) synonyms.set(stem, new Set([...(synonyms.get(stem) ?? []), ...group]))
}

/** Whether evidence with these stems bears a word out: by itself or by another word for it. */
export function isSpokenOf(word: string, stems: ReadonlySet<string>): boolean {
  const stem = stemOf(word)
  if (stems.has(stem)) return true
  return [...(synonyms.get(stem) ?? [])].some(other => stems.has(other))
}

/** Protocols and products that must be in the evidence to be named. */
export const protocols = new Set(
  list(
    'ssh rdp smb ftp sftp ftps telnet http https dns smtp imap pop3 ldap ldaps kerberos ntlm icmp tcp udp vnc winrm wmi rpc snmp nfs tor vpn sql mysql postgres postgresql oracle mssql docker kubernetes apache nginx iis aws azure gcp office outlook exchange powershell bash python perl php java javascript github gitlab sudo cron',
  ),
)

/** What evidence shows a product or protocol by, where that is not its name. */
export const shownBy: Readonly<Record<string, RegExp>> = {
  http: /http|\b(?:get|post|put|head) \/|web|url/,
  https: /https|:443\b|ssl|tls/,
  kerberos: /kerberos|krb|47(?:68|69|71)/,
  sql: /sql|select |union /,
  cron: /cron/,
  ssh: /ssh/,
}

/** Accounts that every system has. As ordinary words they would pass for no name. */
export const accountWords = new Set(
  list(
    'root admin administrator guest nobody daemon postgres oracle mysql tomcat jenkins ubuntu ansible backup operator support service test sysadmin webadmin',
  ),
)

/** Given names that are no other word, or hardly ever one in such a text. */
export const givenNames = new Set(
  list(`
    aaron abby adam adrian alan albert alex alexander alice alicia alison amanda amber amy andrea andrew andy angela anita ann
    anna anne anthony antonio arthur ashley barbara barry beatrice becky ben benjamin bernard beth betty beverly bill billy bob
    bobby brad bradley brandon brenda brian bruce bryan carl carla carlos carol caroline carolyn catherine charles charlie
    charlotte chris christian christina christine christopher cindy claire clara colin connie craig crystal cynthia daisy dan
    daniel danny dave david dawn deborah debra denise dennis derek diana diane don donald donna doris dorothy doug douglas
    dylan ed eddie edgar edith edward edwin eileen elaine eleanor elena elizabeth ella ellen emily emma eric erica erik erin
    ernest ethan eugene eva eve evan evelyn felix fiona florence frances francis frank fred frederick gabriel gary geoff george
    gerald gina gloria gordon graham greg gregory hannah harold harry harvey heather hector heidi helen henry howard hugh hugo
    ian ida irene isaac isabel ivan jack jackie jacob jake james jamie jan jane janet janice jason jay jean jeff jeffrey
    jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joe joel john johnny jon jonathan jordan jose joseph
    josh joshua juan judith judy julia julian julie justin karen karl kate katherine kathleen kathy katie keith kelly ken
    kenneth kevin kim kyle larry laura lauren laurie lee leo leon leonard leslie lewis liam linda lisa liz logan lois lorraine
    louis louise lucas lucy luis luke lynn mallory manuel marc marcus margaret maria marie marilyn mario marion marjorie mark
    martha martin mary matt matthew maureen megan melanie melissa mia michael michelle miguel mike mildred mohammed molly monica
    nancy natalie nathan neil nicholas nick nicole nina noah nora norman olga oliver olivia oscar pamela patricia patrick paul
    paula pedro peggy penny peter phil philip phyllis rachel ralph ramon randy raymond rebecca ricardo richard rick rita rob
    robert roberto robin rodney roger ron ronald rosa rosemary roy russell ruth ryan sally sam samantha samuel sandra sara sarah
    scott sean sebastian sergio seth shannon sharon shaun sheila shirley simon sofia sophia sophie stacy stan stanley stella
    stephanie stephen steve steven stuart sue susan suzanne sybil sylvia tamara tara ted teresa terry theodore theresa thomas tim
    timothy tina todd tom tommy toni tony tracy trent trevor tyler valerie vanessa vera vernon veronica vicki victor victoria
    vincent virginia vivian walter wanda warren wayne wendy wilhelm william yvonne zachary zoe
  `),
)
