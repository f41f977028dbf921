import type { Answerer } from '../answer.ts'

// Words of the trade, in our own words: what an analyst may be asked by a colleague. Facts of no source but usage.
const definitions: Readonly<Record<string, string>> = {
  'false positive':
    'A false positive is an alert whose rule matched although what it looks for did not happen.',
  'true positive': 'A true positive is an alert about something that really happened and matters.',
  'benign true positive':
    'A benign true positive is an alert about something that really happened and was allowed, such as an administrator at work or a test.',
  'false negative': 'A false negative is an attack that no rule noticed.',
  ioc: 'An indicator of compromise (IOC) is a trace that points at an intrusion: an address, a domain, a hash, a file name.',
  'indicator of compromise':
    'An indicator of compromise (IOC) is a trace that points at an intrusion: an address, a domain, a hash, a file name.',
  c2: 'Command and control (C2) is the channel by which an intruder steers a machine that they have taken.',
  'command and control':
    'Command and control (C2) is the channel by which an intruder steers a machine that they have taken.',
  'lateral movement':
    'Lateral movement is going from a machine that was taken to the next one inside the network.',
  'privilege escalation': 'Privilege escalation is getting more rights than one was given.',
  persistence: 'Persistence is what keeps an intruder in after a restart or a changed password.',
  exfiltration: 'Exfiltration is taking data out.',
  'brute force': 'Brute force is trying passwords until one fits.',
  'password spraying':
    'Password spraying is trying one common password on many accounts, to stay below the lock-out.',
  'credential stuffing': 'Credential stuffing is trying pairs of name and password that leaked elsewhere.',
  phishing:
    'Phishing is a message that pretends to be from someone else to get credentials, money or a program run.',
  'spear phishing': 'Spear phishing is phishing written for one person or few.',
  bec: 'Business e-mail compromise (BEC) is fraud by mail in the name of a boss, colleague or supplier, mostly without link or attachment.',
  'business email compromise':
    'Business e-mail compromise (BEC) is fraud by mail in the name of a boss, colleague or supplier, mostly without link or attachment.',
  ransomware: 'Ransomware encrypts data and asks for money for the key.',
  'web shell': 'A web shell is a script on a web server through which an intruder runs commands.',
  'reverse shell': 'A reverse shell is a command line that a machine opens outwards to the intruder.',
  lolbin:
    'A LOLBin is a program of the system itself that is used for an attack, such as certutil or rundll32.',
  fim: 'File integrity monitoring (FIM, in Wazuh: syscheck) reports files that were added, changed or deleted.',
  sca: "Security configuration assessment (SCA) compares a machine's settings with a policy such as a CIS benchmark.",
  siem: 'A SIEM collects logs, finds in them what matters, and keeps them for later.',
  xdr: 'XDR joins what endpoints, network, mail and cloud report into one detection and response.',
  edr: 'EDR records what happens on endpoints and can act there.',
  yara: 'YARA describes files by strings and conditions; a rule that matches names a family or a trait.',
  sigma: 'Sigma is a form for detection rules over logs that is independent of the product that runs them.',
  'active response': "Active response is Wazuh's way to run a script on an agent.",
  dga: 'A domain generation algorithm (DGA) makes many domain names, of which the intruder registers a few.',
  beaconing: 'Beaconing is calling home at regular intervals.',
  'zero day': 'A zero day is a weakness that is used before its maker has a fix.',
  tlp: 'The Traffic Light Protocol (TLP) says how far information may be passed on: RED, AMBER+STRICT, AMBER, GREEN, CLEAR.',
  'golden ticket': 'A golden ticket is a forged Kerberos ticket, made with the secret of the krbtgt account.',
  kerberoasting:
    'Kerberoasting is asking for service tickets and guessing the service passwords from them offline (T1558.003).',
  'pass the hash':
    'Pass the hash is signing in with the hash of a password instead of the password (T1550.002).',
}

/** `What is a false positive?` */
export const definition: Answerer = ({ folded }) => {
  const asked =
    /^(?:what(?:'s| is| are| does)|define|explain|meaning of)\s+(?:meant by\s+)?(?:an?\s+|the\s+)?(.+?)(?:\s+mean| stand for)?$/
      .exec(folded)?.[1]
      ?.replaceAll('-', ' ')
      .replace(/s$/, '')
  if (asked === undefined) return undefined
  const key = [asked, `${asked}s`].find(each => Object.hasOwn(definitions, each))
  const text = key === undefined ? undefined : definitions[key]
  if (text === undefined) return undefined
  return {
    sentences: [
      {
        text,
        evidence: [
          {
            kind: 'definition',
            source: 'glossary',
            pointer: '',
            quote: text,
            trust: 'knowledge-base',
            label: 'Glossary of Tocsin',
          },
        ],
      },
    ],
  }
}
