import { detector, type SecretDetector } from './detector.ts'
import { isRealValue } from './real-value.ts'

const keyBody = (secret: string): boolean => secret.replaceAll(/-{5}[^-]*-{5}|\\[nr]|\s/g, '').length >= 16

/** Credentials as systems store them: private keys, password hashes, dumps of them. Digests of files stay readable. */
export const storedCredentials: readonly SecretDetector[] = [
  // A key that is cut short ends where the next one begins: else each beginning would be read on to the next end.
  detector(
    'private-key',
    '-----begin',
    '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----BEGIN )){0,20000}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{4,5}|(?=-----BEGIN )|$)',
    { holds: keyBody },
  ),
  detector(
    'private-key',
    'putty-user-key-file',
    'PuTTY-User-Key-File-\\d:(?:[^P]|P(?!uTTY-User-Key-File)){0,8000}?Private-MAC: [0-9a-f]+',
    { flags: 'i' },
  ),
  // crypt(3): $1$ MD5, $2b$ bcrypt, $5$ and $6$ SHA-2, $y$ yescrypt, $apr1$ Apache; argon2 and scrypt in PHC form.
  detector(
    'password-hash',
    '$1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $apr1$ $7$ $argon2 $scrypt $pbkdf2 $sha1$ $gy$',
    '\\$(?:1|2[aby]|5|6|7|y|gy|apr1|sha1|argon2(?:id|i|d)|scrypt|pbkdf2[\\w-]*)\\$[./A-Za-z0-9=,$+_-]{20,300}',
  ),
  detector(
    'password-hash',
    '{ssha {sha {md5} {smd5} {crypt} {bcrypt} {pbkdf2',
    '\\{(?:SSHA\\d{0,3}|SHA\\d{0,3}|MD5|SMD5|CRYPT|BCRYPT|PBKDF2[\\w-]*)\\}[./A-Za-z0-9+=$,-]{16,300}',
    { flags: 'i' },
  ),
  detector(
    'password-hash',
    '$krb5 $dcc2$ $ml$ $netntlm',
    '\\$(?:krb5\\w+|DCC2|ml|netntlm\\w*)\\$[^\\s"\']{20,4096}',
    { flags: 'i' },
  ),
  // pwdump and NetNTLM: name:id:LM:NT, and name::domain:challenge:response.
  detector('ntlm-hash', ':::', '(?<=(?<lead>(?<![0-9a-f])[0-9a-f]{32}:[0-9a-f]{32})):::', { flags: 'i' }),
  detector('ntlm-hash', '::', '::[\\w.-]{0,64}:(?<secret>[0-9a-f]{16}:[0-9a-f]{32,48}:[0-9a-f]{16,})', {
    flags: 'i',
  }),
  detector(
    'ntlm-hash',
    'aad3b435b51404ee',
    '(?<![0-9a-f])(?<secret>aad3b435b51404eeaad3b435b51404ee:[0-9a-f]{32})(?![0-9a-f])',
    { flags: 'i' },
  ),
  detector(
    'ntlm-hash',
    'ntlm nthash lmhash nt_hash',
    '(?<!\\w)(?:ntlm|nt_?hash|lm_?hash)(?:[\\s_]{0,8}hash)?\\s{0,8}[:=]\\s{0,4}["\']?(?<secret>[0-9a-f]{32}(?::[0-9a-f]{32})?)(?![0-9a-f])',
    { flags: 'i' },
  ),
  detector(
    'ntlm-hash',
    '-hashes -hash --hash /ntlm: /rc4: -h',
    '(?<![\\w-])(?:--?hash(?:es)?|-H|/ntlm|/rc4)[ :=]{1,4}["\']?(?<secret>[0-9a-f]{0,32}:?[0-9a-f]{32})(?![0-9a-f])',
    { flags: 'i', holds: isRealValue },
  ),
]
