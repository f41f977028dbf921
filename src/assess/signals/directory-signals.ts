import type { AlertView } from '../alert-view.ts'
import { type FieldText, type Signal, signalFrom } from '../signal.ts'

/** What Windows and its domain controllers write about accounts, groups, tickets and what is recorded of them. */
export function directorySignals(view: AlertView): Signal[] {
  return [
    ...accountOfComputer(view),
    ...passwordSignals(view),
    ...ticketSignals(view),
    ...groupSignals(view),
    ...policySignals(view),
    ...shareSignals(view),
  ]
}

function accountOfComputer(view: AlertView): Signal[] {
  const target = view.field('/data/win/eventdata/targetUserName')
  const changed = view.groups.has('account_changed') || view.groups.has('adduser')
  return changed && target?.text.endsWith('$')
    ? [
        signalFrom(
          'machine-account',
          -2.2,
          'the account of a computer, which changes its own password',
          target,
        ),
      ]
    : []
}

/** People change their own password, service desks reset those of others, and leavers are switched off. */
function passwordSignals(view: AlertView): Signal[] {
  const event = view.field('/data/win/system/eventID')
  const target = view.field('/data/win/eventdata/targetUserName')
  const actor = view.field('/data/win/eventdata/subjectUserName')
  if (event === undefined || target === undefined || actor === undefined) return []
  switch (event.text) {
    case '4723':
      return actor.text.toLowerCase() === target.text.toLowerCase()
        ? [signalFrom('own-password', -2.4, 'somebody changed the password of their own account', target)]
        : []
    case '4724':
      return privilegedAccount.test(target.text)
        ? []
        : [signalFrom('password-reset', -2.2, 'a password was reset, as service desks do', target)]
    case '4725':
      return [
        signalFrom('account-disabled', -2.2, 'an account was switched off, which takes rights away', target),
      ]
    default:
      return []
  }
}

const privilegedAccount = /^(?:administrator|admin|krbtgt|root|guest|(?:adm|svc|sa)[-_.]\w+)$/i

/** A program that arrives over an administrative share is how tools for remote execution bring theirs. */
function shareSignals(view: AlertView): Signal[] {
  const share = view.field('/data/win/eventdata/shareName')
  const file = view.field('/data/win/eventdata/relativeTargetName')
  return share !== undefined &&
    file !== undefined &&
    /\\(?:admin|[a-z])\$$/i.test(share.text) &&
    /\.(?:exe|dll|sys|bat|cmd|ps1|vbs)$/i.test(file.text)
    ? [signalFrom('admin-share-file', 1.8, 'a program came over an administrative share', file)]
    : []
}

/** RC4 (0x17) and tickets without a proof of the password are what can be cracked offline (T1558.003, T1558.004). */
function ticketSignals(view: AlertView): Signal[] {
  const encryption = view.field('/data/win/eventdata/ticketEncryptionType')
  const service = view.field('/data/win/eventdata/serviceName')
  if (encryption?.text === '0x17' && service !== undefined && !/^krbtgt$|\$$/i.test(service.text)) {
    const reason = 'a ticket for a service account with weak encryption, which can be cracked offline'
    return [signalFrom('weak-ticket', 1.3, reason, encryption)]
  }
  const proof = view.field('/data/win/eventdata/preAuthType')
  const user = view.field('/data/win/eventdata/targetUserName')
  const isGranted = view.field('/data/win/eventdata/status')?.text === '0x0'
  if (
    view.field('/data/win/system/eventID')?.text === '4768' &&
    proof?.text === '0' &&
    isGranted &&
    user !== undefined &&
    !user.text.endsWith('$')
  ) {
    const reason = 'a ticket was given without a proof of the password, which can be cracked offline'
    return [signalFrom('ticket-without-proof', 1.3, reason, proof)]
  }
  return []
}

/** Groups of Windows whose members rule a host or a domain, by their English names and well-known numbers. */
const privilegedGroup =
  /^(?:(?:domain|enterprise|schema|key|enterprise key|dns) ?admins|administrators|(?:account|backup|server|print) operators|group policy creator owners|remote desktop users|remote management users|hyper-v administrators)$/i
const privilegedSid =
  /^S-1-5-(?:32-(?:544|548|549|550|551|555|580)|21-\d+-\d+-\d+-(?:512|518|519|520|526|527))$/

/** Somebody was put into a group: one that rules decides much, any other is what user administration does all day. */
function groupSignals(view: AlertView): Signal[] {
  const event = view.field('/data/win/system/eventID')
  if (event === undefined || !/^(?:4728|4732|4756)$/.test(event.text)) return []
  const group = view.field('/data/win/eventdata/targetUserName')
  if (group === undefined) return []
  return isPrivileged(group, view.field('/data/win/eventdata/targetSid'))
    ? [signalFrom('privileged-group', 1.3, 'the members of the group may rule the host or the domain', group)]
    : [signalFrom('ordinary-group', -1.5, 'a group that gives no power over hosts', group)]
}

function isPrivileged(group: FieldText, sid: FieldText | undefined): boolean {
  return privilegedGroup.test(group.text) || (sid !== undefined && privilegedSid.test(sid.text))
}

/** A computer that changes what it records is mostly following the policy of its domain. */
function policySignals(view: AlertView): Signal[] {
  const actor = view.field('/data/win/eventdata/subjectUserName')
  return view.field('/data/win/system/eventID')?.text === '4719' && actor?.text.endsWith('$')
    ? [
        signalFrom(
          'policy-applied',
          -1.6,
          'the computer itself did it, as when it follows a group policy',
          actor,
        ),
      ]
    : []
}
