import { useLocation } from '@tanstack/react-router'
import { Maximize2, Plus } from 'lucide-react'
import { Button } from '../components/button.tsx'
import { Drawer } from '../components/drawer.tsx'
import { Link } from '../components/link.tsx'
import { changeAssistant, useAssistant } from './assistant-state.ts'
import { ChatPanel } from './chat-panel.tsx'
import { pageContextOf } from './page-context.ts'

/** The chat beside every page: it stays while pages change, and knows which one is open. */
export function AssistantDrawer() {
  const { open, chatId, focus } = useAssistant()
  const location = useLocation()
  if (!open || location.pathname === '/assistant') return null
  const page = pageContextOf(location.pathname)
  return (
    <Drawer
      title="Assistant"
      onClose={() => changeAssistant({ open: false })}
      actions={
        <>
          <Button look="quiet" onClick={() => changeAssistant({ chatId: undefined, focus: focus + 1 })}>
            <Plus aria-hidden="true" className="size-4" />
            New chat
          </Button>
          <Link
            href={`/assistant${chatId === undefined ? '' : `?chat=${encodeURIComponent(chatId)}`}`}
            className="rounded p-1.5 text-muted hover:bg-selected"
          >
            <Maximize2 aria-hidden="true" className="size-4" />
            <span className="sr-only">Open as a page, with all chats</span>
          </Link>
        </>
      }
    >
      <ChatPanel chatId={chatId} onChat={id => changeAssistant({ chatId: id })} page={page} focus={focus} />
    </Drawer>
  )
}
