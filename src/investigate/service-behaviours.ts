import type { Behaviour } from './behaviour.ts'

/** What signals about cloud services, containers, security products and Wazuh itself mean, by signal id. */
export const serviceBehaviours: Readonly<Record<string, Behaviour>> = {
  'cloud-defence-off': {
    happened: 'logging or protection was switched off in a cloud service',
    steps: [
      'Switch it on again in HOST, and ask USER for the change ticket.',
      'List everything that USER and SOURCE did in HOST from an hour before until now; what happened while logging was off is in no log.',
    ],
    unknown: 'What was done while nothing was recorded.',
  },
  'cloud-rights': {
    happened: 'an identity in a cloud service was given rights or credentials',
    steps: [
      'Ask USER for the ticket; without one, take back the rights and keys that were given, then list what was done with them.',
    ],
    unknown: 'What the new rights or keys were used for since.',
  },
  'cloud-account': {
    happened: 'an identity was made in a cloud service',
    steps: ['Ask USER for the ticket; without one, disable the new identity and list what it did since.'],
  },
  'cloud-exposure': {
    saidBy: ['open-to-all'],
    happened: 'something in a cloud service was opened to others',
    steps: [
      'Look at what it is open to now and close it; then check the access logs for who used the opening.',
    ],
    unknown: 'Whether anybody from outside got in while it was open.',
  },
  'cloud-secret': {
    happened: 'a secret was read from a cloud service',
    steps: ['See whether USER usually reads this secret, and from that place; if not, change the secret.'],
  },
  'cloud-destruction': {
    happened: 'data or backups in a cloud service were made unreadable for good, or will be',
    steps: [
      'Undo it while there is time (a key that is to be deleted can be kept), and ask USER for the change ticket.',
      'Take the rights from USER until it is clear, and list what USER did in HOST from an hour before.',
    ],
    unknown: 'What was encrypted with the key or kept in what was deleted.',
  },
  'cloud-data': {
    happened: 'an application or service worked with its data in a cloud service',
    steps: ['Nothing, unless USER never did so before.'],
  },
  'open-to-all': {
    happened: 'something in a cloud service was opened to everybody on the internet',
    settles: ['cloud-exposure'],
    steps: [
      'Close it now, then read the access logs of what was opened for whoever used the opening; ask USER for the reason.',
    ],
    unknown: 'Whether anybody from outside got in while it was open.',
  },
  'cloud-deletion': {
    happened: 'something was deleted in a cloud service',
    steps: ['Ask USER for the reason and check that a backup exists which USER cannot delete.'],
  },
  'cloud-detector': {
    happened: 'a detector of the cloud service raised a finding',
    steps: [
      'Open the finding and the resource that it names; look at the flow and audit logs of that resource in the hour before.',
    ],
  },
  'mail-hidden': {
    happened: 'a mailbox was set to forward, delete or hide mail by itself',
    steps: [
      'Remove the rule, end all sessions of USER and reset the password and second factor.',
      'Find the logon that set it (SOURCE) and what else it did; warn the people who wrote about payments with USER.',
    ],
    unknown: 'Which mails were read or sent on.',
  },
  'mail-rule': {
    happened: 'a rule that handles mail by itself was set',
    saidBy: ['mail-hidden', 'mail-sorted'],
    steps: ['Ask USER whether the rule is theirs, and read its conditions.'],
  },
  'one-factor-logon': {
    happened: 'a console logon succeeded without a second factor',
    steps: ['Ask USER whether they logged on from SOURCE; require a second factor for the account.'],
  },
  'root-account': {
    happened: 'the account of the owner was used',
    steps: ['Ask the owner of HOST whether they logged on from SOURCE; daily work needs other accounts.'],
  },
  'cloud-reading': {
    happened: 'a cloud service was asked for information or files',
    steps: ['Nothing, unless USER asks for far more than usual, or from a place that is new.'],
  },
  'cloud-refused': {
    happened: 'a cloud service refused an operation',
    steps: [
      'Nothing, unless USER is refused many different operations: that is somebody finding out what the key can do.',
    ],
  },
  'cloud-detector-low': {
    happened: 'a detector of the cloud service raised a finding that it rates low',
    steps: ['Nothing as an incident; close the opening that the finding names, if nobody needs it.'],
  },
  'container-shell': {
    happened: 'a shell was started in a running container',
    steps: ['Ask who works on the container; see what the shell started and wrote (docker diff, auditd).'],
  },
  'privileged-container': {
    happened: 'a container was started with the rights of its host',
    steps: ['Ask who started it and why; a container that need not have these rights must not keep them.'],
  },
  'miner-image': {
    happened: 'the image of a coin miner was brought or used on HOST',
    steps: [
      'Stop and remove what runs from it, and look for the hole it came through: a Docker API that is open, weak passwords, a key in a repository.',
    ],
    unknown: 'Who gave the order: the Docker log does not say.',
  },
  'container-state': {
    happened: 'a container, image or network changed its state',
    steps: ['Nothing, if a deployment was due on HOST.'],
  },
  'inventory-query': {
    happened: 'osquery answered a scheduled query',
    steps: ['Nothing, if the answer is expected on HOST.'],
  },
  'secret-file': {
    happened: 'a file that keeps passwords or keys was touched',
    steps: ['See which session did it (audit session and login user) and whether the file was copied.'],
    unknown: 'Whether its content left the host.',
  },
  'web-server-command': {
    happened: 'a command ran as the web server',
    saidBy: ['download-cradle', 'reverse-shell'],
    steps: [
      'Search the access log of HOST for requests in that second: the script that was asked for ran the command.',
      'List what is new below the folders of the site (files younger than a day that belong to the web server).',
    ],
    unknown: 'Which request ran it.',
  },
  'audited-command': { happened: 'an ordinary command was audited', steps: ['Nothing.'] },
  device: {
    happened: 'a device was plugged in',
    steps: ['Nothing, if devices of this kind are allowed on HOST.'],
  },
  'own-response': {
    happened: 'Wazuh answered an alert by itself',
    steps: ['Nothing, unless the address is one of yours: then take the block back and correct the rule.'],
  },
  'agent-silent': {
    happened: 'an agent stopped reporting',
    steps: [
      'Check that HOST was shut down or updated on purpose; if it runs but its agent does not, find who stopped it.',
    ],
    unknown: 'What happened on the host since: nothing of it is reported.',
  },
  'agent-flooded': {
    happened: 'an agent had more events than it may send, so that some may be lost',
    steps: [
      'Find which log of HOST grew so fast and why: a noisy program, or somebody who hides between its lines.',
    ],
    unknown: 'Which events were lost.',
  },
  'antivirus-detection': {
    happened: 'the antivirus found malware',
    steps: [
      'See in the antivirus console whether it was removed and whether it had been started before; search all hosts for its hash.',
      'Find where FILE came from: browser, mail or a device, in the hour before.',
    ],
    unknown: 'Whether it ran before it was found.',
  },
  'antivirus-failed': {
    happened: 'the antivirus could not remove what it had found',
    steps: ['Isolate HOST and remove the file by hand or with an offline scan: it is still there.'],
  },
  'antivirus-acted': {
    happened: 'the antivirus stopped what it had found',
    steps: ['Nothing, unless it comes back.'],
  },
  'unwanted-program': {
    happened: 'the antivirus found an unwanted program',
    steps: ['Ask USER whether they installed it, and remove it.'],
  },
  'virustotal-few': {
    happened: 'few antivirus engines called a file malicious',
    steps: [
      'See which engines and what they call it; check the signature and origin of FILE before anything is deleted.',
    ],
  },
  'virustotal-clean': {
    happened: 'no antivirus engine called a file malicious',
    steps: ['Nothing; a file that is new to the world is clean there too.'],
  },
  'virustotal-unknown': {
    happened: 'VirusTotal did not know a file',
    steps: ['Nothing by itself; a program that nobody knows deserves a look at who wrote it.'],
  },
  'integration-trouble': {
    happened: 'a service that was asked about a value gave no answer',
    steps: ['Nothing as an incident; raise the limit or narrow what is asked.'],
  },
  'firewall-attack': {
    happened: 'a firewall named an attack in the traffic',
    steps: [
      'See whether the firewall let it through; if so, look on the target for what followed within the hour.',
      'List what else SOURCE sent within the day.',
    ],
    unknown: 'Whether the target is vulnerable to it.',
  },
  'admin-from-internet': {
    happened: 'an administrator of a firewall came from a public address',
    steps: [
      'Ask USER whether they logged on from SOURCE; without a yes, end the session, change the password and undo what was set since.',
      'Let the administration of the firewall be reached from the inside only.',
    ],
    unknown: 'What was changed in the session.',
  },
  'firewall-access': {
    happened: 'who may administer or enter through a firewall was changed',
    steps: [
      'Ask USER for the change ticket; without one, undo the change, and see from where USER logged on.',
    ],
    unknown: 'Whether the new access was used.',
  },
  'blocked-from-inside': {
    happened: 'a host inside ran into the firewall again and again',
    steps: ['Find the host at SOURCE and the program that asks; compare with what it did a week ago.'],
  },
  'firewall-blocked': {
    happened: 'a firewall stopped connections',
    steps: ['Nothing, unless the same source got through somewhere else.'],
  },
  'allowed-traffic': { happened: 'a firewall let a connection through', steps: ['Nothing.'] },
  'sudo-refused': {
    happened: 'sudo was refused',
    steps: ['Ask USER what they wanted to run; see what the same session did before and after.'],
  },
  'su-refused': {
    happened: 'a change to another account failed',
    steps: ['Ask USER; see what the same session did before and after.'],
  },
  'switched-user': {
    happened: 'a session changed to the account TARGET',
    steps: ['Nothing, if USER administers HOST.'],
  },
  'service-account-acts': {
    happened: 'the account of a service asked for the rights of another one',
    steps: [
      'Treat the service behind USER as broken into until shown otherwise: read its access log and list what its account started on HOST.',
    ],
    unknown: 'How the service came to run commands of somebody else.',
  },
  'second-root': {
    happened: 'an account with all rights of root was made',
    steps: [
      'Lock the account TARGET on HOST, and find the session that made it (sudo, auditd, shell history).',
    ],
  },
  'service-account-made': {
    happened: 'a package made an account for its service',
    steps: ['Nothing, if a package was installed on HOST at that time.'],
  },
  'admin-group': {
    saidBy: ['privileged-group'],
    happened: 'the members of an administrators group were changed',
    steps: [
      'See which account was added (event 4732, its member) and by whom; without a ticket, take it out again and see what it did since.',
    ],
  },
  'account-locked': {
    happened: 'the account TARGET was locked after wrong passwords',
    steps: [
      'Find where the wrong passwords came from (event 4740 names the computer; 4625 or 4771 there): a forgotten session, a saved password, or guessing.',
    ],
    unknown: 'Who typed the wrong passwords.',
  },
  'success-after-failures': {
    happened: 'a logon succeeded after many failures',
    settles: ['repeated-failures', 'many-failures', 'remote-failure'],
    steps: [
      'Ask the person behind USER whether it was them; if not, end the sessions, disable the account and change its password.',
      'List what USER did on HOST after the logon: commands, new accounts, new keys, connections elsewhere.',
      'Block or isolate SOURCE, and look for logons from it on all other hosts.',
    ],
    unknown: 'What was done in the session.',
  },
  'ransom-note': {
    happened: 'a file named like a ransom note appeared',
    steps: [
      'Isolate HOST and every host that has the share open now; do not shut it down before its memory is taken.',
      'Find the account and computer that write the files (open sessions on the share, whodata), and stop them.',
      'Check that backups are whole and out of reach.',
    ],
    unknown: 'How many files are lost, and where the writing program runs.',
  },
  'changed-ending': {
    happened: 'documents got a second ending, as encryption leaves them',
    steps: ['Open one of the files: readable, or encrypted? Find the account and computer that wrote it.'],
  },
  'log-deleted': {
    happened: 'a log was deleted',
    steps: [
      'Reconstruct it from the indexer, which keeps its own copy; see who deleted it (whodata, auditd).',
    ],
  },
  'written-by-web-server': {
    happened: 'the web server itself wrote a script',
    steps: ['Search the access log for the upload just before, and for requests to FILE after it.'],
  },
  'package-writer': {
    happened: 'a package manager or another keeper of the system changed a file',
    steps: ['Nothing, if an update was due on HOST.'],
  },
  'configuration-change': {
    happened: 'a configuration was changed',
    steps: ['Ask USER for the change ticket.'],
  },
  rootcheck: {
    happened: 'a check for rootkits found something, which is often harmless',
    steps: [
      'Compare FILE with its package (`dpkg -V`, `rpm -V`) or with a clean copy: the check knows programs only by words in them.',
    ],
  },
  'rootkit-trace': {
    happened: 'a check for rootkits found what only a rootkit hides',
    steps: [
      'Do not trust HOST any more: take memory, compare with a look from outside (disk image), rebuild it if it is true.',
    ],
    unknown: 'What is hidden: nothing that this host says can be trusted.',
  },
  'side-loading': {
    happened: 'a program loaded an unsigned library from a folder where users may write',
    steps: ['Take both files with their hashes, find who wrote them, and search all hosts for them.'],
  },
  'remote-thread': {
    happened: 'a program started code inside another one',
    steps: ['Take the program that did it with its hash and the memory of the one it was done to.'],
  },
  'registry-monitoring': {
    happened: 'a registry value was CHANGE',
    steps: ['Nothing, if the change was wanted.'],
  },
  'defence-removed': {
    happened: 'a package that watches or protects the host was removed',
    steps: ['Ask who removed it and why (sudo and shell history of HOST at that time); install it again.'],
    unknown: 'What happened on the host since, that it would have seen.',
  },
  'attack-package': {
    happened: 'a package that testers and attackers use was installed',
    steps: ['Ask who installed it and for what (sudo and shell history of HOST at that time).'],
  },
  'service-account-cron': {
    happened: 'the account of a service changed its own schedule',
    steps: [
      'Read the schedule of USER on HOST (`crontab -l -u USER`): what it runs, and from where.',
      'Treat the service behind USER as broken into until shown otherwise: read its access log for the minutes before.',
    ],
    unknown: 'What the schedule runs.',
  },
  'injection-header': {
    happened: 'a web request carried an attack in its headers',
    steps: [
      'Look on HOST for what the web server started and fetched in the minutes after (auditd, new processes, outgoing connections).',
      'List all requests of SOURCE within the day, by status and size.',
    ],
    unknown: 'Whether the code ran: the log has the request, not its effect.',
  },
  'long-name': {
    happened: 'a name was asked for that may carry data',
    steps: [
      'Count how many names below the same domain HOST asked for within the hour: hundreds are a tunnel.',
    ],
  },
  'command-in-file': {
    happened: 'a file was changed so that it fetches and runs code or opens a shell over the network',
    steps: [
      'Take the line out again and find who wrote it (whodata, auth log, shell history); see whether it has run since (cron and system logs).',
      'Fetch the URL from a sandbox (not from the host) and hash what it gives; search all hosts for that hash and URL.',
    ],
    unknown: 'Whether the line has run since.',
  },
  'access-loosened': {
    happened: 'a file was changed so that more people are let in',
    steps: ['Read what was added (syscheck diff), take it back, and see who logged on since.'],
  },
  'task-created': {
    happened: 'a scheduled task was made',
    saidBy: ['download-cradle', 'persistence', 'policy-bypass', 'encoded-command'],
    steps: ['Read what the task runs (event 4698) and who made it.'],
  },
  decoding: {
    happened: 'a script decoded text before using it',
    saidBy: ['download-cradle', 'obfuscation', 'encoded-command', 'code-injection'],
    steps: ['Decode the text by hand and read it.'],
  },
  'process-start': { happened: 'a program started', steps: ['Nothing.'] },
}
