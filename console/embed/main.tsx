import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../style/console.css'
import { EmbedPage } from './embed-page.tsx'

// The page inside the Wazuh dashboard: no cookie reaches a frame of another site, so it works with a token of ten minutes
// that lives in this page's memory only.

const root = document.getElementById('root')
if (root === null) throw new Error('embed.html has no #root')
createRoot(root).render(
  <StrictMode>
    <EmbedPage />
  </StrictMode>,
)
