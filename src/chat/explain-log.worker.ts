import { answerParent } from '../lib/answer-parent.ts'
import { explainLog, type LogQuestion } from './explain-log.ts'

answerParent((question: LogQuestion) => explainLog(question))
