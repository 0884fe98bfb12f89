import { failed, Failure, get, send as change } from '../../api/client'
import type { Change } from '../../api/live.svelte'
import type { Job, List } from '../../api/model'
import { cancelled, upload as send, type Upload } from '../../api/upload'
import { Load } from '../../lib/load.svelte'

/** A file that is on its way to the hub. */
export interface Sending {
  id: number
  name: string
  bytes: number
  sent: number
  failure?: Failure
}

/** The imports of captures: those being sent, and those the hub knows. They outlive the page that shows them. */
class Imports {
  sending = $state<Sending[]>([])
  jobs = new Load<List<Job>>()
  failure = $state<Failure>()
  #files = new Map<number, File>()
  #now: { id: number; upload: Upload } | undefined
  #next = 1

  constructor() {
    // Another address of the console stops nothing, leaving it cuts off what is being sent.
    addEventListener('beforeunload', (e) => {
      if (this.#now) e.preventDefault()
    })
  }

  load() {
    void this.jobs.run((signal) => get('/captures', { query: { limit: 50 }, signal }))
  }

  /** Sends files one after the other, so that each is done before the next begins. */
  async send(files: File[]) {
    for (const file of files) {
      const id = this.#next++
      this.#files.set(id, file)
      this.sending.push({ id, name: file.name, bytes: file.size, sent: 0 })
    }
    await this.#work()
  }

  /** Sends what waits until nothing does. */
  async #work() {
    if (this.#now) return
    for (let row; (row = this.sending.find((s) => !s.failure)); this.#now = undefined) await this.#one(row)
  }

  async #one(row: Sending) {
    const upload = send(this.#files.get(row.id)!, (n) => (row.sent = n))
    this.#now = { id: row.id, upload }
    try {
      this.put(await upload.done)
      this.dismiss(row)
    } catch (e) {
      if (e instanceof Failure && e.title === cancelled) this.dismiss(row)
      else row.failure = failed(e, 'It could not be sent')
    }
  }

  /** Sends a file again that could not be sent. */
  async again(row: Sending) {
    row.failure = undefined
    row.sent = 0
    await this.#work()
  }

  /** Stops sending a file. One that waits is not sent at all. */
  stop(row: Sending) {
    if (this.#now?.id === row.id) this.#now.upload.cancel()
    else this.dismiss(row)
  }

  dismiss(row: Sending) {
    this.#files.delete(row.id)
    this.sending = this.sending.filter((s) => s.id !== row.id)
  }

  /** Asks the hub to stop reading a capture. */
  async cancel(job: Job) {
    try {
      this.put(await change('delete', '/captures/{id}', { names: { id: job.id } }))
      this.failure = undefined
    } catch (e) {
      this.failure = failed(e, 'It could not be cancelled')
    }
  }

  change(changes: Change[]) {
    for (const c of changes) {
      if (c.op === 'put' && c.value) this.put(c.value as Job)
      else if (c.op === 'put') return this.load()
      else if (this.jobs.data) this.jobs.data = { ...this.jobs.data, items: this.jobs.data.items.filter((j) => j.id !== c.id) }
    }
  }

  private put(job: Job) {
    const d = this.jobs.data ?? { items: [], total: 0, more: false }
    const known = d.items.some((j) => j.id === job.id)
    this.jobs.data = { ...d, items: known ? d.items.map((j) => (j.id === job.id ? job : j)) : [job, ...d.items], total: d.total + (known ? 0 : 1) }
  }
}

export const imports = new Imports()
