import type { Behaviour } from './behaviour.ts'

/** What signals that explain an alert away mean, by signal id. A step that begins with `Nothing` asks for no work. */
export const routineBehaviours: Readonly<Record<string, Behaviour>> = {
  'encoded-command-harmless': {
    unknown: 'What the script is for and who wrote it.',
    happened: 'PowerShell ran an encoded command whose content shows nothing harmful',
    steps: [
      'Ask USER for the purpose of the script; if it is known and wanted, add an exception for exactly this text.',
    ],
  },
  'few-failures': {
    saidBy: ['mistyped-password', 'su-refused', 'many-accounts'],
    happened: 'a logon failed',
    steps: ['Nothing, unless more failures follow from the same source.'],
  },
  'application-event': {
    happened: 'an application or Windows reported about its own state',
    steps: ['Nothing, unless users notice a fault.'],
  },
  'service-state': {
    saidBy: ['agent-silent', 'container-state'],
    happened: 'a program or service changed its state',
    steps: ['Nothing, unless nobody expected it.'],
  },
  'agent-state': {
    saidBy: ['agent-silent', 'agent-flooded'],
    happened: 'Wazuh reported about itself',
    steps: ['Nothing; make sure that the agent still reports.'],
  },
  'configuration-assessment': {
    happened: 'a configuration check gave its result',
    steps: ['Nothing as an incident: leave it to hardening.'],
  },
  vulnerability: {
    happened: 'a known weakness was found',
    steps: ['Nothing as an incident: leave it to patching.'],
  },
  'package-change': { happened: 'packages were changed', steps: ['Nothing, if an update was due on HOST.'] },
  'privilege-event': {
    happened: 'a session with rights began, as at every logon of an administrator or service',
    steps: ['Nothing.'],
  },
  'logon-success': {
    saidBy: ['switched-user', 'service-logon', 'windows-logon-from-internet', 'system-account-logon'],
    happened: 'a logon succeeded',
    steps: ['Nothing, if USER works at that time and place.'],
  },
  'ordinary-session': {
    saidBy: ['logon-success', 'ordinary-logon'],
    happened: 'a session began or ended',
    steps: ['Nothing.'],
  },
  'file-monitoring': {
    saidBy: [
      'published',
      'package-writer',
      'package-folder',
      'empty-file',
      'log-deleted',
      'antivirus-test-file',
    ],
    happened: 'a file was CHANGE',
    steps: ['Nothing, if the change was wanted.'],
  },
  refused: {
    saidBy: ['plain-request'],
    happened: 'a web server refused a request',
    steps: ['Nothing, unless the same source asks for much more.'],
  },
  product: {
    saidBy: ['product-parent', 'vendor-service'],
    happened: 'an installed product was at work',
    steps: ['Nothing, if its signature is valid.'],
  },
  'product-parent': {
    happened: 'an installed product started a program',
    steps: ['Nothing, if its signature is valid.'],
  },
  'product-script': {
    happened: 'a script that was installed with a product ran',
    steps: ['Nothing, if its signature is valid.'],
  },
  'drive-mapping': {
    happened: 'a network drive was mapped',
    steps: ['Nothing, if the share is one of yours.'],
  },
  'query-access': {
    saidBy: ['own-access'],
    happened: 'a program asked another one for its state',
    steps: ['Nothing, if its signature is valid.'],
  },
  'usual-module': {
    happened: 'a driver that is built outside the kernel was loaded',
    steps: ['Nothing, if HOST has that hardware or hypervisor.'],
  },
  'vendor-autostart': {
    happened: 'a product registered to start by itself',
    steps: ['Nothing, if the product was installed on purpose.'],
  },
  'package-folder': {
    happened: 'a file changed where packages or builds are kept',
    steps: ['Nothing, if an update or a build was due on HOST.'],
  },
  'user-copy': {
    happened: 'a person at the desktop copied, unpacked or downloaded a program',
    steps: ['Ask USER where FILE came from.'],
  },
  'mistyped-password': { happened: 'a password was mistyped at the keyboard', steps: ['Nothing.'] },
  'sudo-use': {
    happened: 'a permitted command was run as root',
    steps: ['Nothing, if USER administers HOST.'],
  },
  denied: {
    saidBy: ['own-response', 'firewall-blocked', 'cloud-refused', 'refused'],
    happened: 'something was blocked',
    steps: ['Nothing, unless the same is tried again and again.'],
  },
  'antivirus-test-file': {
    happened: 'the harmless antivirus test file was written',
    steps: ['Ask who tests the antivirus; close with that reason.'],
  },
  'policy-test-file': {
    happened: 'PowerShell wrote the file with which it tests its own policy',
    steps: ['Nothing; exclude `__PSScriptPolicyTest_*` from this rule.'],
  },
  'update-folder': {
    happened: 'a file was written where updates are kept',
    steps: ['Nothing, if updates were due; the signature of the file settles doubts.'],
  },
  updater: {
    happened: 'an updater or background program of the system was at work',
    steps: ['Nothing, if its signature is valid and its path the usual one.'],
  },
  'update-traffic': {
    happened: 'an update was downloaded',
    steps: ['Nothing; consider a pass rule for your update servers.'],
  },
  'windows-task': {
    happened: "one of Windows' own scheduled tasks ran",
    steps: ['Nothing; consider an exception for this task.'],
  },
  'agent-assessment': {
    happened: 'the Wazuh agent asked a question of its own configuration assessment',
    steps: ['Nothing; add an exception for the agent as the parent process.'],
  },
  'vendor-service': {
    happened: 'a product registered its service',
    steps: ['Nothing, if the product was installed or updated on purpose.'],
  },
  'ordinary-logon': {
    saidBy: ['logon-success'],
    happened: 'an ordinary session began or ended',
    steps: ['Nothing.'],
  },
  administration: {
    happened: 'an administrator did everyday work',
    steps: ['Nothing, if USER administers HOST.'],
  },
  winrm: {
    happened: 'HOST was managed over WinRM',
    steps: ['Check that the source is a host from which you administer.'],
  },
  loopback: { happened: 'HOST talked to itself', steps: ['Nothing.'] },
  'hint-signature': {
    happened: 'the network sensor noted something for hunters',
    steps: ['Nothing, unless other alerts name the same two hosts.'],
  },
  'empty-file': { happened: 'an empty file appeared', steps: ['Nothing, unless it grows.'] },
  'windows-writer': {
    happened: 'a program of Windows itself wrote a file',
    steps: ['Nothing, if its signature is valid and its path the usual one.'],
  },
  installer: {
    happened: 'an installer unpacked itself',
    steps: ['Nothing, if USER was meant to install something; else ask for the reason.'],
  },
  'own-access': {
    happened: 'a program of Windows or of a product looked at another process',
    steps: ['Nothing, if its signature is valid.'],
  },
  'opened-by-hand': {
    happened: 'somebody opened a shell at the desktop',
    steps: ['Nothing, unless what was typed in it raised alerts too.'],
  },
  'ports-changed': {
    happened: 'a port was opened or closed',
    steps: ['Compare the lists of ports in the log line: nothing, if the change is a service that you know.'],
  },
  'promiscuous-container': {
    happened: 'the network interface of a container or virtual machine began to listen to all traffic',
    steps: ['Nothing, if HOST runs containers or virtual machines.'],
  },
  'mail-sorted': {
    happened: 'a rule was set that sorts mail within the mailbox',
    saidBy: ['mail-hidden'],
    steps: ['Nothing, if USER says that the rule is theirs.'],
  },
  'long-query': {
    happened: 'a long address was asked for, as dashboards and searches make them',
    saidBy: ['plain-request'],
    steps: ['Nothing; consider a higher limit for the application that makes them.'],
  },
  'plain-start': {
    happened: 'a program of Windows started',
    saidBy: ['product-parent', 'updater'],
    steps: ['Nothing, unless other alerts of that minute name the same account.'],
  },
  'account-tool': {
    happened: 'accounts were changed with the program that is there for it',
    saidBy: ['account-change'],
    steps: ['Nothing, if USER administers HOST or changed their own password.'],
  },
  'product-task': {
    happened: 'a scheduled task of an installed product was made',
    steps: ['Nothing, if the product was installed or updated on purpose.'],
  },
  'service-start': {
    happened: 'a service was started by its name',
    steps: ['Nothing, if the service is one of HOST.'],
  },
  published: {
    happened: 'a file of a site was published',
    saidBy: ['written-by-web-server'],
    steps: ['Nothing, if USER published the site at that time.'],
  },
  'plain-request': {
    happened: 'a request only looked like an attack by its words',
    steps: ['Nothing, unless the same source sends other requests with code in them.'],
  },
  redirected: {
    happened: 'a web server sent a visitor elsewhere or said that nothing is new',
    saidBy: ['plain-request'],
    steps: ['Nothing, unless the same source asks for much more.'],
  },
  'static-file': {
    happened: 'a picture, style sheet or script of a page was asked for',
    saidBy: ['plain-request', 'refused', 'redirected'],
    steps: ['Nothing; the page that still asks for it can be mended.'],
  },
  'usual-visitor': {
    happened: 'a search engine or monitoring visited a web server, as it says of itself',
    steps: ['Nothing, if SOURCE belongs to whom it says.'],
  },
  'promiscuous-mode': {
    happened: 'a network interface began to listen to all traffic',
    steps: ['Nothing, if HOST is a sensor or runs containers; else see which program did it.'],
  },
  'machine-account': {
    happened: 'the account of a computer was changed',
    steps: ['Nothing: computers change their own passwords.'],
  },
}
