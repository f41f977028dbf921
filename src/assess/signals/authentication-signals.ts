import { isPublicAddress } from '../../domain/network-address.ts'
import type { AlertView } from '../alert-view.ts'
import { type FieldText, type Signal, signalFrom } from '../signal.ts'

const offensiveHosts = /^(?:kali|parrot|blackarch|commando|pentest)/i

/** Who logged on, from where and how; and who tried. */
export function authenticationSignals(view: AlertView): Signal[] {
  return [
    ...repetition(view),
    ...origin(view),
    ...windowsLogon(view),
    ...dangerousEntry(view),
    ...unixLogon(view),
    ...accountSignals(view),
  ]
}

function repetition(view: AlertView): Signal[] {
  const many =
    view.groups.has('authentication_failures') ||
    /\b(?:multiple|brute.?force|more than one time|password guess|maximum authentication attempts)\b/i.test(
      view.description.text,
    )
  const isLogon = /(?:log[io]n|authentication|password|passwd|user|ssh|brute)/i.test(view.description.text)
  if (/\bfailures? followed by a success\b/i.test(view.description.text)) {
    const reason = 'a logon succeeded after many failures, as when a password was guessed'
    return [signalFrom('success-after-failures', 2.2, reason, view.description)]
  }
  // A locked account is the end of a few wrong passwords, not a count of guesses.
  return many && isLogon && !/locked out/i.test(view.description.text)
    ? [
        signalFrom(
          'repeated-failures',
          /maximum authentication attempts/i.test(view.description.text) && !isFromInternet(view) ? 0.3 : 1.8,
          'many failures in a short time, as when passwords are guessed',
          view.description,
        ),
      ]
    : []
}

function origin(view: AlertView): Signal[] {
  const isLogon = [...view.groups].some(group =>
    /^(?:authentication|invalid_login|sshd|win_authentication)/.test(group),
  )
  const source = sourceAddress(view)
  const signals: Signal[] = []
  if (isLogon && source !== undefined && isPublicAddress(source.text)) {
    signals.push(signalFrom('logon-from-internet', 0.3, 'the attempt comes from a public address', source))
  }
  const workstation = view.field('/data/win/eventdata/workstationName')
  if (workstation !== undefined && offensiveHosts.test(workstation.text)) {
    signals.push(
      signalFrom(
        'attack-distribution',
        2,
        'the other computer carries the name of a distribution for attackers and penetration testers',
        workstation,
      ),
    )
  }
  return signals
}

function isFromInternet(view: AlertView): boolean {
  const source = sourceAddress(view)
  return source !== undefined && isPublicAddress(source.text)
}

/** Accounts that come with a system and run parts of it: nobody has a password for them. */
const systemAccounts =
  /^(?:daemon|bin|sys|sync|games|man|lp|news|uucp|proxy|www-data|list|irc|gnats|nobody|apache|nginx|httpd|tomcat\d*|mysql|redis|mongodb)$/i

/** Logons that nobody should be able to make: to a Windows host from the internet, as root with a password, as a service. */
function dangerousEntry(view: AlertView): Signal[] {
  if (!view.groups.has('authentication_success')) return []
  const source = sourceAddress(view)
  const fromInternet = source !== undefined && isPublicAddress(source.text)
  const type = view.field('/data/win/eventdata/logonType')?.text
  if (view.field('/data/win/system/eventID')?.text === '4624') {
    return fromInternet && (type === '10' || type === '3')
      ? [
          signalFrom(
            'windows-logon-from-internet',
            1.6,
            'a Windows host let somebody in from a public address, which should not reach it',
            source,
          ),
        ]
      : []
  }
  const account = view.field('/data/dstuser')
  if (account === undefined || source === undefined || !view.groups.has('sshd')) return []
  if (systemAccounts.test(account.text)) {
    const reason = 'the account belongs to a part of the system, with which nobody logs on'
    return [signalFrom('system-account-logon', 1.6, reason, account)]
  }
  return account.text === 'root' && fromInternet && /\bAccepted password\b/.test(view.log?.text ?? '')
    ? [
        signalFrom(
          'root-password-from-internet',
          1.5,
          'root was entered with a password from a public address',
          account,
        ),
      ]
    : []
}

function sourceAddress(view: AlertView): FieldText | undefined {
  return (
    view.field('/data/srcip') ??
    view.field('/data/win/eventdata/ipAddress') ??
    view.field('/data/src_ip') ??
    view.field('/data/aws/source_ip_address') ??
    view.field('/source/ip')
  )
}

function windowsLogon(view: AlertView): Signal[] {
  const event = view.field('/data/win/system/eventID')
  if (event === undefined) return []
  const type = view.field('/data/win/eventdata/logonType')?.text
  const user = view.field('/data/win/eventdata/targetUserName')
  const method =
    view.field('/data/win/eventdata/lmPackageName') ??
    view.field('/data/win/eventdata/authenticationPackageName')
  switch (event.text) {
    case '4625': {
      const code = view.field('/data/win/eventdata/subStatus') ?? view.field('/data/win/eventdata/status')
      if (code !== undefined && /0xc0000064/i.test(code.text) && type === '3') {
        return [
          signalFrom('unknown-account', 0.9, 'a network logon with an account that does not exist', code),
        ]
      }
      if (type === '3' && /ntlm/i.test(method?.text ?? '') && sourceAddress(view) !== undefined) {
        return [
          signalFrom(
            'remote-failure',
            0.4,
            'a failed network logon with NTLM, as password guessing leaves it',
            event,
          ),
        ]
      }
      return type === '2' || type === '7'
        ? [signalFrom('mistyped-password', -1, 'a wrong password at the keyboard itself', event)]
        : []
    }
    case '4771':
    case '4776':
      return wrongPassword(view)
    case '4648':
      return [
        signalFrom(
          'other-credentials',
          -1.2,
          'somebody used the credentials of another account, as administrators and logon screens do',
          event,
        ),
      ]
    case '4624':
    case '4672':
    case '4634':
    case '4647':
      if (user !== undefined && /anonymous logon/i.test(user.text)) {
        return [signalFrom('anonymous-logon', 1, 'a logon without an account', user)]
      }
      if (method !== undefined && /ntlm v1/i.test(method.text)) {
        return [signalFrom('ntlm-v1', 1, 'uses NTLM version 1, which modern Windows does not', method)]
      }
      if (event.text === '4624' && user !== undefined && (type === '5' || user.text.endsWith('$'))) {
        return [signalFrom('service-logon', -2, 'a service or computer with its own account', user)]
      }
      if (event.text === '4624' && (type === '3' || type === '10') && isFromInternet(view)) {
        return []
      }
      return type === '3' || type === '10'
        ? [signalFrom('ordinary-logon', -1, 'an ordinary network logon', event)]
        : [signalFrom('ordinary-logon', -2, 'an ordinary session event', event)]
    default:
      return []
  }
}

/** A domain controller names a wrong password by a code; one by itself is a slip. How many accounts: `spread.ts`. */
function wrongPassword(view: AlertView): Signal[] {
  const code = view.field('/data/win/eventdata/status')
  return code !== undefined &&
    /^0x(?:18|c000006a)$/i.test(code.text) &&
    view.alert.rule.frequency === undefined
    ? [signalFrom('few-failures', -0.6, 'a wrong password by itself: mistyped, or kept somewhere', code)]
    : []
}

/** Wazuh counts how often a rule fired within the hour: one failure is a mistyped password, the fortieth is not. */
function unixLogon(view: AlertView): Signal[] {
  const single =
    view.groups.has('authentication_failed') && !/multiple|more than/i.test(view.description.text)
  if (
    !single ||
    view.field('/data/win/system/eventID') !== undefined ||
    view.alert.rule.frequency !== undefined
  )
    return []
  const fired = view.field('/rule/firedtimes')
  const times = view.alert.rule.firedTimes ?? 1
  const source = sourceAddress(view)
  if (times > 10 && fired !== undefined && source !== undefined && !isPublicAddress(source.text)) {
    return [
      signalFrom('many-failures', 0.8, `the rule fired ${times} times within the hour, from inside`, fired),
    ]
  }
  return !view.groups.has('su')
    ? [
        signalFrom(
          'few-failures',
          view.alert.rule.level <= 5 ? -1.2 : -0.6,
          'a failed logon by itself: a mistyped password, or the internet knocking',
          view.description,
        ),
      ]
    : []
}

/** Accounts of services: people do not work as these, and nobody logs on or asks for rights with them. */
const serviceAccounts =
  /^(?:www-data|apache|httpd|nginx|tomcat\d*|http|nobody|mysql|postgres|redis|mongodb|elasticsearch|git|jenkins|nagios|zabbix|daemon|bin|sshd|ftp|mail)$/i

/** Those that look after a host, and are given single commands of root for it. */
const monitoringAccounts = /^(?:nagios|zabbix|jenkins)$/i

/** Who becomes root, and which accounts are made. */
function accountSignals(view: AlertView): Signal[] {
  const actor = view.field('/data/srcuser')
  const isSudo = view.groups.has('sudo')
  if (view.groups.has('cron')) return cronSignals(actor)
  if (!isSudo && !view.groups.has('su')) return newAccount(view)
  const refused = /\b(?:unauthorized|failed|missed the password|not in sudoers|incorrect password)\b/i.test(
    view.description.text,
  )
  const signals: Signal[] = []
  if (refused) {
    const [id, reason] = isSudo
      ? ['sudo-refused', 'sudo was refused']
      : ['su-refused', 'the password for another account was wrong']
    signals.push(signalFrom(id, -0.4, reason, view.description))
  } else if (!isSudo) {
    signals.push(
      signalFrom(
        'switched-user',
        -0.4,
        'somebody took over another account, knowing its password',
        view.description,
      ),
    )
  }
  if (actor !== undefined && serviceAccounts.test(actor.text)) {
    const reason = 'the account belongs to a service, which does not ask for the rights of others'
    // `su` that succeeds knew a password or was root already; monitoring is given single commands by sudo.
    const isChecking = isSudo && !refused && monitoringAccounts.test(actor.text)
    if (!isChecking)
      signals.push(signalFrom('service-account-acts', isSudo || refused ? 1.3 : 2, reason, actor))
  }
  return signals
}

/** Services whose account runs jobs have them from a package; one that writes its own was taught to. */
function cronSignals(actor: FieldText | undefined): Signal[] {
  const reason = 'the account belongs to a service, which does not change its own schedule'
  return actor !== undefined && serviceAccounts.test(actor.text)
    ? [signalFrom('service-account-cron', 1.5, reason, actor)]
    : []
}

/** A new account with the number of root is root; one without a shell below the numbers of people is a package's. */
function newAccount(view: AlertView): Signal[] {
  if (!view.groups.has('adduser')) return []
  const uid = view.field('/data/uid')
  const gid = view.field('/data/gid')
  const shell = view.field('/data/shell')
  const signals: Signal[] = []
  if (uid === undefined && gid !== undefined && Number(gid.text) > 0 && Number(gid.text) < 1000) {
    const reason = 'a group of a service, as packages make them'
    signals.push(signalFrom('service-account-made', -2.2, reason, gid))
  }
  if (uid?.text === '0') {
    signals.push(
      signalFrom('second-root', 2, 'the new account has the number of root and so all its rights', uid),
    )
  }
  if (
    uid !== undefined &&
    uid.text !== '0' &&
    Number(uid.text) < 1000 &&
    shell !== undefined &&
    /\/(?:nologin|false)$/.test(shell.text)
  ) {
    const reason = 'an account of a service, without a shell, as packages make them'
    signals.push(signalFrom('service-account-made', -2.4, reason, shell))
  }
  return signals
}
