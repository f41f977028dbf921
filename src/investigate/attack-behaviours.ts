import type { Behaviour } from './behaviour.ts'

/** What signals that speak for an attack on a host mean, by signal id. Logons and the network: `network-behaviours.ts`. */
export const attackBehaviours: Readonly<Record<string, Behaviour>> = {
  'offensive-tool': {
    unknown: 'Whether the tool did what it was started for: Wazuh saw it start, not its result.',
    happened: 'a tool used by attackers and red teams ran',
    steps: [
      'Ask whether a penetration test or attack simulation was scheduled for HOST at that time; if nobody claims it, isolate HOST.',
      'Find how the tool got onto HOST: file creations and downloads by USER in the hour before.',
    ],
  },
  'reverse-shell': {
    unixSteps: [
      'Isolate HOST and look for the open connection and its process (`ss -tnp` on HOST); take the memory of the process before it is ended.',
    ],
    unknown: 'What was done in the shell.',
    happened: 'a shell was opened over the network',
    steps: [
      'Isolate HOST and look for the open connection: `netstat -anp` or Sysmon event 3 of the same process.',
    ],
  },
  'download-cradle': {
    unixSteps: [
      'Fetch the URL from a sandbox (not from the host) and hash what it gives; search all hosts for that hash and URL.',
      'On HOST, list what was started and written right after (auditd, file monitoring, shell history of USER).',
    ],
    unknown: 'What was downloaded: Wazuh saw the command, not the content or whether it came.',
    happened: 'code or a file was downloaded from a command line',
    steps: [
      'Fetch the URL from a sandbox (not from the workstation) and hash what it gives; search all hosts for that hash and URL.',
      'On HOST, list what the downloading process started and wrote afterwards (Sysmon events 1 and 11 with its process GUID).',
    ],
  },
  upload: {
    unixSteps: [
      'Find out which file left HOST, to where, and what was in it; check the firewall for the volume.',
    ],
    unknown: 'What was in the file that was sent.',
    happened: 'a local file was sent out',
    steps: [
      'Find out which file left HOST, to where, and what was in it; check the proxy or firewall for the volume.',
    ],
  },
  'credential-access': {
    unixSteps: [
      'See which session did it (sudo, auditd, shell history of USER) and whether the file was copied; plan to change the passwords and keys that are kept on HOST.',
    ],
    unknown: 'Whether credentials were really read.',
    happened: 'stored credentials were reached for',
    steps: [
      'Treat the accounts that are logged on to HOST as exposed: list them (events 4624) and plan password resets.',
    ],
  },
  'password-on-command-line': {
    unknown: 'Whether the other system let it in.',
    happened: 'another system was addressed with a password on the command line',
    steps: [
      'Check on the target system whether the logon succeeded (event 4624, type 3, same time); change that password either way, it now stands in logs.',
    ],
  },
  'log-or-backup-removal': {
    happened: 'logs or backups were removed',
    steps: [
      'Reconstruct the missing time from the indexer, which keeps its own copy; look for encryption activity on HOST and on file shares.',
    ],
  },
  'log-clearing': {
    saidBy: ['audit-cleared'],
    happened: 'an event log was cleared',
    steps: [
      'Reconstruct the time before from the indexer, which keeps its own copy, and ask USER why it was cleared.',
    ],
  },
  'audit-cleared': {
    happened: 'an event log was cleared',
    steps: [
      'Reconstruct the time before from the indexer, which keeps its own copy, and ask USER why it was cleared.',
    ],
  },
  'defence-off': {
    happened: 'a defence was switched off',
    steps: [
      'Check the state of the antivirus, firewall and agents on HOST now, and switch back on what is off.',
    ],
  },
  'policy-bypass': {
    happened: 'PowerShell was started past its execution policy',
    steps: ['Read the script itself (PowerShell event 4104 of the same process).'],
  },
  persistence: {
    unixSteps: [
      'List what starts by itself on HOST (cron, systemd units, authorized_keys, shell profiles) and compare with its image.',
    ],
    unknown: 'Whether it has started again since.',
    happened: 'something was set up to start again by itself',
    steps: [
      'List the autostarts of HOST (scheduled tasks, services, Run keys, startup folders) and compare with its image.',
    ],
  },
  'account-change': {
    unixSteps: [
      'Ask the owner of user administration for the ticket; without one, lock the account and see what it did since (auth log, shell history).',
    ],
    happened: 'an account was created or given rights',
    steps: [
      'Ask the owner of user administration for the ticket; without one, disable the account and see what it did since.',
    ],
  },
  'account-management': {
    saidBy: [
      'own-password',
      'password-reset',
      'account-disabled',
      'account-change',
      'second-root',
      'service-account-made',
      'machine-account',
      'account-locked',
      'privileged-group',
      'ordinary-group',
    ],
    happened: 'accounts or groups were changed (TARGET)',
    steps: [
      'Ask the owner of user administration for the ticket; without one, disable the account and see what it did since.',
    ],
  },
  'account-created': {
    saidBy: [
      'account-change',
      'account-management',
      'second-root',
      'service-account-made',
      'machine-account',
      'account-locked',
    ],
    happened: 'the account TARGET or its rights changed',
    steps: [
      'Ask the owner of user administration for the ticket; without one, disable the account and see what it did since.',
    ],
  },
  'lateral-movement': {
    unixSteps: ['Find the other end: logons over SSH and new files on the target at the same time.'],
    unknown: 'Whether the other host let it in.',
    happened: 'something was run or copied on another host',
    steps: [
      'Find the other end: logons (4624 type 3), new services (7045) and new files on the target at the same time.',
    ],
  },
  'code-injection': {
    happened: 'a script held code that writes into the memory of processes',
    steps: [
      'Save the whole script from event 4104 (all its parts) and the memory of its process, if that still runs.',
    ],
  },
  'system-binary-proxy': {
    happened: 'a trusted Windows program was made to run foreign code',
    steps: ['Read the file or URL that was handed to it, and see which processes it started.'],
  },
  discovery: {
    happened: 'accounts, groups or the system were listed',
    steps: [
      'See what else the same session did within the hour: listing alone is often administration, followed by a download or a logon elsewhere it is not.',
    ],
  },
  obfuscation: {
    happened: 'a command was written so as to hide what it does',
    steps: ['Undo the hiding by hand and read what the command really does before closing.'],
  },
  'encoded-command': {
    happened: 'PowerShell ran an encoded command',
    steps: ['Decode the command and read it; look for the same encoded text on other hosts.'],
  },
  masquerade: {
    happened: 'a program posed as a Windows one',
    steps: ['Take the file with its hash, find who wrote it, and search all hosts for the hash.'],
  },
  'renamed-shell': {
    happened: 'a renamed copy of a shell ran',
    steps: ['Find who copied it and why; there is hardly an innocent reason.'],
  },
  'shell-parent': {
    unixSteps: [
      'Read the chain of parent processes (auditd ppid, `ps -ef`) up to the logon or service that began it.',
    ],
    happened: '',
    steps: [
      'Read the parent process and its own parent (Sysmon event 1, parent GUID) up to the logon that began it.',
    ],
  },
  'lsass-access': {
    unknown: 'Whether credentials were really read.',
    happened: 'a program opened the process that keeps credentials',
    steps: [
      'Identify the opening program by hash and signature; treat the accounts logged on to HOST as exposed unless it is your own security product.',
    ],
  },
  'remote-drop': {
    unknown: 'Which host wrote the file, and whether it was started.',
    happened: 'a program was written to HOST from another host',
    steps: [
      'Find the writing host: share accesses (5145) and network logons (4624 type 3) on HOST in the minute before.',
      'Look for a new service (7045) that starts the file; take the file and its hash.',
    ],
  },
  'scripted-drop': {
    unknown: 'Whether the file was started, and what it is.',
    happened: 'a script or download tool wrote a program',
    steps: ['Take FILE and its hash, check its reputation, and see whether it was started.'],
  },
  'startup-folder': {
    happened: 'a file was put where Windows starts it at logon',
    steps: ['Read FILE; ask USER or the owner of HOST whether it is theirs.'],
  },
  'sensitive-path': {
    saidBy: ['persistence'],
    happened: 'a file that decides who may log on or what starts was changed',
    steps: [
      'Compare FILE with its last known state (syscheck diff or backup) and find who changed it (whodata, auth log).',
    ],
  },
  'web-root': {
    saidBy: ['written-by-web-server'],
    happened: 'a script appeared where a web server serves it',
    steps: ['Read FILE; search the access log for requests to it and the upload that brought it.'],
  },
  'random-name': {
    happened: 'a program had a random name',
    steps: [
      'Take the file with its hash; random names are left by remote-execution tools and malware, hardly by products.',
    ],
  },
  'service-from-windows-root': {
    unknown: 'Which host the order came from.',
    happened: 'a new service started a program that lies directly in the Windows folder',
    steps: ['Find the logon that created the service (4624 type 3 just before) and the host it came from.'],
  },
  'service-runs-shell': {
    happened: 'a new service ran a shell command',
    steps: ['Find the logon that created the service (4624 type 3 just before) and the host it came from.'],
  },
  'service-from-user-folder': {
    happened: 'a new service started a program that users can write',
    steps: ['Check the program by hash and signature, and who installed it.'],
  },
  'autostart-entry': {
    happened: 'a registry value that starts a program was set',
    steps: ['Check the program that it starts, by hash and signature, and who set it.'],
  },
  'kernel-module-command': {
    happened: 'a kernel module was loaded by hand',
    steps: [
      'Identify the module (`modinfo`, package that owns the file); without a package, treat HOST as compromised.',
    ],
  },
  'system-program-replaced': {
    happened: 'a program of the system was replaced by hand',
    steps: [
      'Compare FILE with its package (`dpkg -V`, `rpm -V`) and with a clean copy, and ask USER for the reason.',
    ],
    unknown: 'What the new program does beside what the old one did.',
  },
  'container-escape': {
    happened: 'something in a container reached for its host',
    steps: [
      'Isolate HOST with all its containers; look for what ran outside of them right after (auditd, new processes of root).',
      'Stop the container but keep it and its image; find how the command came in (exposed API, a hole in its application).',
    ],
    unknown: 'Whether it got out of the container.',
  },
  setuid: {
    happened: 'a program was made to run with the rights of its owner',
    steps: ['Read which file it is and what it does; list the others (`find / -perm -4000 -newermt -1day`).'],
    unknown: 'Whether somebody used it since.',
  },
  'promiscuous-person': {
    happened: 'a person made a network interface listen to all traffic',
    steps: [
      'See which program recorded the network (tcpdump, tshark, a tool without a package) and who was logged on to HOST; take what it wrote.',
    ],
    unknown: 'What was recorded: passwords that went over the network in the clear among it.',
  },
  'audit-policy': {
    saidBy: ['policy-applied'],
    happened: 'what Windows records was changed',
    steps: [
      'Compare the audit policy of HOST with the one that the domain sets, and ask USER for the reason.',
    ],
  },
  'offensive-file': {
    happened: 'a file appeared that is named like a tool of attackers',
    steps: ['Take FILE and its hash, check its reputation, and see whether it was started.'],
  },
  'program-in-open-folder': {
    happened: 'a program ran from a folder where users may write',
    steps: ['Take the program with its hash, find who wrote it there, and search all hosts for the hash.'],
  },
  'defence-off-key': {
    happened: 'a defence was switched off in the registry',
    steps: [
      'Check the state of the antivirus, firewall and agents on HOST now, and switch back on what is off.',
    ],
  },
  'rights-bypass-key': {
    happened: 'a registry value was set through which programs get full rights without asking',
    steps: [
      'See what was started with high integrity on HOST right after (Sysmon event 1), and remove the value.',
    ],
  },
  'remote-access-key': {
    happened: 'HOST was opened to remote control in the registry',
    steps: ['Ask USER for the reason; look for remote logons (4624 type 10) that followed.'],
  },
  'known-rootkit': {
    unknown: 'What the rootkit hides: nothing that this host says can be trusted.',
    happened: 'a known rootkit was loaded',
    steps: ['Do not trust HOST any more: isolate it, take memory and disk images, rebuild it.'],
  },
  'unsigned-module': {
    happened: 'a kernel module without a valid signature was loaded',
    steps: ['Identify the module (`modinfo`, package that owns the file) and who loaded it.'],
  },
  'root-shell': {
    saidBy: ['code-as-root'],
    happened: 'a root shell was opened',
    steps: ['Read what was done in it (auditd, shell history) and ask USER for the reason.'],
  },
  'virustotal-hit': {
    unknown: 'Whether the file was started.',
    happened: 'antivirus engines called a file malicious',
    steps: ['Quarantine FILE, see whether it was started, and search all hosts for its hash.'],
  },
  'yara-match': {
    happened: 'a YARA rule matched a file',
    steps: ['Read which strings matched, quarantine the file, and search all hosts for its hash.'],
  },
  'known-indicator': {
    happened: '',
    steps: [
      'Open the threat report beside the case: it says what comes before and after this indicator; look for that on HOST.',
      'Search all hosts for the indicator in proxy, DNS and firewall logs.',
    ],
    unknown: 'Whether the address or name still belongs to whom the report says.',
  },
  'malware-named': {
    saidBy: [
      'attack-signature',
      'antivirus-detection',
      'injection-header',
      'ransom-note',
      'virustotal-hit',
      'known-rootkit',
      'audit-cleared',
      'rootkit-trace',
      'mining',
    ],
    happened: 'a rule for a known attack fired',
    steps: [
      'Check what the rule really saw: read the log line and compare with the name that the rule gives it.',
    ],
  },
  mining: {
    happened: 'a coin miner ran',
    steps: [
      'Stop it, then look for the hole it came through: exposed services, weak passwords, unpatched web applications.',
    ],
  },
  'code-as-root': {
    happened: 'code was run as root',
    steps: ['Read what was run (shell history of USER, auditd) and ask USER for the reason.'],
  },
}
