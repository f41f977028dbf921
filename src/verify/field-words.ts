/** Words of the field that an English dictionary does not have. Lower case, without regular endings. */
export const fieldWords: readonly string[] = `
  admin adversary adware allowlist antivirus app async authenticate authentication autorun auth backdoor backend backup
  base64 beacon bitcoin blacklist blocklist bootkit bot botnet browser bruteforce cleartext cmd cmdlet codec config
  console cron crypto cryptominer cyber cybersecurity daemon dataset datastore decoder decrypt decryption defang denylist
  deobfuscate deserialize directory dll dns dropper dump email encode encrypt encryption endpoint enum enumerate exe
  exfil exfiltrate exfiltration exploit failover filename filesystem filepath fileless firewall firmware forensic
  gateway geolocation hacker hardcode hash hashed hostname http https hypervisor inbound indicator infostealer
  installer internet intranet ip ipv4 ipv6 kerberos kernel keylogger keystroke ldap lifecycle loader localhost lockout
  logfile login logoff logon logout logtest lookup malicious malware metadata middleware misconfigure misconfiguration
  misuse mitigation mutex namespace netflow network obfuscate obfuscation offline onboard online outbound overwrite
  passphrase passwd password payload pcap permission phish phishing ping plaintext plugin popup powershell preauth
  preauthentication precursor privilege proxy queue quarantine ransomware readme reboot reconnaissance redirect registry
  remediate remediation reverse rootcheck rootkit router ruleset runtime sandbox scan scheduler script sensor server
  shellcode signature smartphone spearphish spearphishing spoof spyware ssh startup stdin stdout subdomain subfolder
  subnet subprocess sudo superuser syscheck syslog sysmon systemd telemetry tenant timeline timeout timestamp timeframe
  toolkit traceroute triage trojan txt typosquat unauthenticated unencrypted unpatched unprivileged untrusted upload
  download url urls usb user username userland uptime utc validate virus vpn vulnerability vulnerable wazuh webhook
  webmail webpage webserver webshell website whitelist wildcard wifi workflow workgroup workstation worm xml json yara
  cve hour minute second day week month id ids pid uid tcp udp icmp smb rdp ftp sftp smtp imap ldaps tls ssl api
  cpu ram os ui soc siem edr xdr ids ips ioc iocs ttp ttps mitre att ck nist cis rbac mfa otp sso saml oauth oidc
  bash sh zsh perl python php java javascript sql nosql db dba devops github gitlab docker kubernetes vm vms
  windows linux macos unix ios android microsoft google apple aws azure gcp office outlook exchange
  sha md5 sha1 sha256 sha512 hmac aes rsa pe elf pdf doc docx xls xlsx ppt zip rar iso lnk vbs js hta ps1 bat
  mb kb gb tb mib kib gib min mins sec secs hr hrs ms ok vs eg ie etc aka
  wasn isn didn doesn hasn haven hadn weren aren couldn wouldn shouldn won don cannot
  reoccur onwards ongoing alongside whilst amongst upwards afterwards
`
  .trim()
  .split(/\s+/)
