import { failed, mustConfirm, type Failure } from '../api/client'

/** Something a person does on a page: whether it is under way, and why it was not done. */
export class Act {
  busy = $state(false)
  failure = $state<Failure>()

  /** Does it; resolves to whether it was done. */
  async run(act: () => Promise<void>, title = 'It was not done'): Promise<boolean> {
    this.busy = true
    this.failure = undefined
    try {
      await act()
      return true
    } catch (e) {
      const f = failed(e, title)
      // Who was asked to confirm and did not has changed their mind.
      if (!mustConfirm(f)) this.failure = f
      return false
    } finally {
      this.busy = false
    }
  }
}
