import type { Behaviour } from './behaviour.ts'

/** What signals about accounts, groups, tickets and who entered where mean, by signal id. */
export const identityBehaviours: Readonly<Record<string, Behaviour>> = {
  'many-accounts': {
    happened: 'passwords were tried with one account after another',
    saidBy: ['success-after-failures'],
    steps: [
      'Look for a success among them, from the same source or for one of the accounts (rules 5715, 60106): that account is the way in.',
      'Find the machine and program behind SOURCE: a spray comes from a script, hardly from a person.',
    ],
    unixSteps: [
      'Look for a success among them, from the same source or for one of the accounts (rules 5715, 5501): that account is the way in.',
      'Identify the machine at SOURCE; block it if nobody owns it.',
    ],
    unknown: 'Whether one of the accounts was entered: look for a success from the same source.',
  },
  'many-tickets': {
    happened: 'one account asked for tickets of many services that can be cracked offline',
    steps: [
      'Ask the person behind the account that asked; without a reason, end its sessions and change its password: this is what Kerberoasting leaves.',
      'Change the passwords of all services whose tickets were asked for to long random ones, and allow only AES.',
    ],
    unknown: 'Whether a ticket was cracked: that happens where no log is written.',
  },
  'many-servers': {
    happened: 'the credentials of another account were tried on one host after another',
    steps: [
      'Find the program that did it (event 4648, its process name) by hash and signature, and ask USER for the reason.',
      'Look on the hosts that are named for logons of the other account (4624 type 3) and new services (7045) at the same time.',
    ],
    unknown: 'Which of the hosts let it in.',
  },
  'other-credentials': {
    happened: 'the credentials of another account were used',
    saidBy: ['many-servers'],
    steps: ['Nothing, if USER also works as the other account.'],
  },
  'windows-logon-from-internet': {
    happened: 'somebody was let in over the internet',
    saidBy: ['success-after-failures'],
    settles: ['logon-from-internet'],
    steps: [
      'Ask the person behind USER whether they logged on from SOURCE; if not, end the session, disable the account and isolate HOST.',
      'Close the way in: remote desktop and file sharing of HOST must not be reachable from the internet.',
      'List what was started on HOST in the session (events 4688 or Sysmon 1 with the same logon ID).',
    ],
    unknown: 'What was done in the session.',
  },
  'system-account-logon': {
    happened: 'somebody logged on with the account TARGET, which is a part of the system',
    settles: ['logon-from-internet'],
    steps: [
      'Lock the account TARGET on HOST, end its sessions, and see how it came to have a password or key (shadow, authorized_keys, who changed them).',
      'Read what was done in the session (auditd, shell history), and block SOURCE.',
    ],
    unknown: 'What was done in the session, and how the account came to have a password.',
  },
  'root-password-from-internet': {
    happened: 'root was entered with a password from a public address',
    settles: ['logon-from-internet'],
    steps: [
      'Ask the administrators whether one of them logged on from SOURCE; if none did, isolate HOST and change every password and key on it.',
      'Switch off passwords for root in sshd_config (PermitRootLogin prohibit-password).',
    ],
    unknown: 'What was done in the session.',
  },
  'service-logon': {
    happened: 'a service or computer logged on with its own account',
    steps: ['Nothing.'],
  },
  'ticket-without-proof': {
    happened: 'a ticket was given without a proof of the password',
    steps: [
      'Ask who runs the machine at SOURCE what it wanted with the account: AS-REP roasting looks like this.',
      'Require pre-authentication for the account again and give it a long random password.',
    ],
    unknown: 'Whether the ticket was cracked: that happens where no log is written.',
  },
  'privileged-group': {
    happened: 'MEMBER was put into the group TARGET',
    settles: ['account-management', 'admin-group'],
    steps: [
      'Ask USER for the ticket; without one, take MEMBER out again and list what MEMBER did since on all hosts.',
    ],
    unknown: 'What the new rights were used for since.',
  },
  'ordinary-group': {
    happened: 'MEMBER was put into the group TARGET',
    settles: ['account-management'],
    steps: ['Nothing, if USER manages groups.'],
  },
  'own-password': {
    happened: 'somebody changed the password of their own account',
    settles: ['account-management', 'account-created'],
    steps: ['Nothing.'],
  },
  'password-reset': {
    happened: 'the password of TARGET was reset',
    settles: ['account-management', 'account-created'],
    steps: ['Nothing, if USER works for the service desk; else ask TARGET whether they wanted it.'],
  },
  'account-disabled': {
    happened: 'the account TARGET was switched off',
    settles: ['account-management', 'account-created'],
    steps: ['Nothing, if USER manages accounts.'],
  },
  'admin-share-file': {
    happened: 'a program came over an administrative share',
    steps: [
      'Find who sent it: the host at SOURCE and the account USER (logon 4624 type 3 just before).',
      'Look for a new service or task on HOST that starts the file (7045, 4698); take the file and its hash.',
    ],
    unknown: 'Whether the program was started.',
  },
  'policy-applied': {
    happened: 'HOST itself changed what Windows records, as when it follows a group policy',
    settles: ['audit-policy'],
    steps: ['Compare the audit policy of HOST with the one that the domain sets: nothing, if they agree.'],
  },
}
