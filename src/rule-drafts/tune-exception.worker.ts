import { answerParent } from '../lib/answer-parent.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { pastEventsOf } from './past-event.ts'
import { type TuneQuestion, tuneException } from './tune-exception.ts'

answerParent(({ ruleId, exceptionId, past, base }: TuneQuestion) =>
  tuneException(ruleId, exceptionId, pastEventsOf(past, loadRuleset(base).ruleset.decoders), base),
)
