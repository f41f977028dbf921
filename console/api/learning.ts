import type {
  DriftReport,
  EvaluationCaseView,
  FeedbackView,
  LessonDraft,
  LessonPreviewView,
  LessonView,
  TrainingConsentView,
} from '../../src/http/contract-learning.ts'
import type { RunbookDraftView, RunbookSubjectView, RunbookView } from '../../src/http/contract-runbooks.ts'
import { getJson, sendJson } from './request.ts'

export function listLessons(signal: AbortSignal): Promise<{ lessons: LessonView[] }> {
  return getJson('/api/lessons', signal)
}

export function previewLesson(content: LessonDraft): Promise<LessonPreviewView> {
  return sendJson('POST', '/api/lessons/preview', content)
}

export function saveLesson(
  content: LessonDraft,
  digest: string,
): Promise<{ id: string; state: LessonView['state'] }> {
  return sendJson('POST', '/api/lessons', { content, digest })
}

export function decideLesson(
  id: string,
  to: 'active' | 'refused' | 'revoked',
  reason: string,
): Promise<unknown> {
  return sendJson('POST', `/api/lessons/${encodeURIComponent(id)}/decision`, { to, reason })
}

export function listFeedback(signal: AbortSignal): Promise<{ feedback: FeedbackView[] }> {
  return getJson('/api/feedback', signal)
}

export function readDrift(signal: AbortSignal): Promise<DriftReport> {
  return getJson('/api/drift', signal)
}

export function changeDrift(settings: DriftReport['settings']): Promise<unknown> {
  return sendJson('PUT', '/api/drift', settings)
}

export function listEvaluationCases(signal: AbortSignal): Promise<{ cases: EvaluationCaseView[] }> {
  return getJson('/api/evaluation-cases', signal)
}

export function keepQuestion(question: string, expected: readonly string[]): Promise<{ id: string }> {
  return sendJson('POST', '/api/evaluation-cases', { question, expected })
}

export function withdrawEvaluationCase(id: string, withdrawn: boolean, reason: string): Promise<unknown> {
  return sendJson('PUT', `/api/evaluation-cases/${encodeURIComponent(id)}`, { withdrawn, reason })
}

export function readTraining(signal: AbortSignal): Promise<TrainingConsentView> {
  return getJson('/api/training-consent', signal)
}

export function allowTraining(allowed: boolean, basis: string): Promise<unknown> {
  return sendJson('PUT', '/api/training-consent', { allowed, basis })
}

export function agreeToTraining(agreed: boolean): Promise<unknown> {
  return sendJson('POST', '/api/training-consent/mine', { agreed })
}

export function listRunbooks(
  signal: AbortSignal,
): Promise<{ documents: RunbookView[]; subjects: RunbookSubjectView[] }> {
  return getJson('/api/runbooks', signal)
}

export function draftRunbook(kind: RunbookView['kind'], ruleId: string): Promise<RunbookDraftView> {
  return sendJson('POST', '/api/runbooks/draft', { kind, ruleId })
}

export function improveRunbook(ruleId: string, text: string): Promise<RunbookDraftView> {
  return sendJson('POST', '/api/runbooks/improve', { ruleId, text })
}
