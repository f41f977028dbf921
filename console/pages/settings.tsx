import { PageHeading } from '../components/page-heading.tsx'

export function Page() {
  return <PageHeading title="Settings" />
}
