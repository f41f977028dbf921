import { answerParent } from '../lib/answer-parent.ts'
import { measureDeadRules } from './dead-rules.ts'

answerParent(measureDeadRules)
