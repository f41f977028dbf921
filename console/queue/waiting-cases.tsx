import { Button } from '../components/button.tsx'

/** Says that the list on the server has changed, without changing the one under the analyst's hand. */
export function WaitingCases({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <div role="status" className="relative z-20 h-0 text-center">
      {count > 0 && (
        <Button className="rise -translate-y-1 border-accent" keys="." onClick={onShow}>
          {count === 1 ? 'One change' : `${count} changes`}: show
        </Button>
      )}
    </div>
  )
}
