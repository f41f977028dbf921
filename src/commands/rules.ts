import { AppError } from '../lib/app-error.ts'
import type { Command } from './command.ts'
import { rulesTest } from './rules-test.ts'

/** `tocsin rules`: detection rules, checked and proven without a manager. */
export const command: Command = {
  summary: 'Check, test and back-test detection rules without a Wazuh manager',
  usage: `tocsin rules test --ruleset DIR --logs FILE [--location L] [--agent ID,NAME,IP] [--clock still|log] [--at TIME] [--json]
tocsin rules test --ruleset DIR --ini FILE... [--json]

  --ruleset DIR   folder with decoders/, rules/ and lists/
  --logs FILE     one log a line ('-' is standard input, .gz is read); one session for the file
  --ini FILE...   Wazuh ruleset tests; exit 1 if one fails
  --location L    where the logs come from (default: stdin)
  --agent ...     the agent that sent them (default: the manager itself)
  --exclude FILE  rule files to leave out (default, as in Wazuh: 0215-policy_rules.xml)
  --clock log     let the time follow the logs' own timestamps; still: all logs arrive in the same second
  --at TIME       that second (default: a Wednesday at noon, UTC)

Exit codes: 0 done, 1 a check or test failed, 2 bad usage or unreadable input.`,
  run(args, io) {
    const [name, ...rest] = args
    switch (name) {
      case 'test':
        return rulesTest(rest, io)
      default:
        throw new AppError(
          'bad-usage',
          name === undefined ? 'a subcommand is missing' : `there is no 'rules ${name}'`,
        )
    }
  },
}
