import { ask, Failure, get } from '../../api/client'
import type { Change } from '../../api/live.svelte'
import type { Job, List } from '../../api/model'
import { upload, type Upload } from '../../api/upload'
import { Load } from '../../lib/load.svelte'

/** A file that is on its way to the hub. */
export interface Sending {
  name: string
  bytes: number
  sent: number
  failure?: Failure
}

/** The imports of captures: those being sent, and those the hub knows. */
class Imports {
  sending = $state<Sending[]>([])
  jobs = new Load<List<Job>>()
  failure = $state<Failure>()
  #uploads = new Map<string, Upload>()

  load() {
    void this.jobs.run((signal) => get('/captures', { query: { limit: 50 }, signal }))
  }

  /** Sends files one after the other, so that each is done before the next begins. */
  async send(files: File[]) {
    const list = files.map((f) => ({ name: f.name, bytes: f.size, sent: 0 }))
    this.sending.push(...list)
    for (const file of files) {
      const row = this.sending.find((s) => s.name === file.name && !s.failure)
      if (!row) continue
      const u = upload(file, (n) => (row.sent = n))
      this.#uploads.set(file.name, u)
      try {
        this.put(await u.done)
        this.dismiss(row)
      } catch (e) {
        if (e instanceof Failure && e.title === 'Cancelled') this.dismiss(row)
        else row.failure = e instanceof Failure ? e : new Failure('It could not be sent', String(e), 0)
      }
      this.#uploads.delete(file.name)
    }
  }

  /** Stops sending a file. One that waits is not sent at all. */
  stop(row: Sending) {
    const u = this.#uploads.get(row.name)
    if (u) u.cancel()
    else this.dismiss(row)
  }

  dismiss(row: Sending) {
    this.sending = this.sending.filter((s) => s !== row)
  }

  /** Asks the hub to stop reading a capture. */
  async cancel(job: Job) {
    try {
      this.put(await ask<Job>('DELETE', '/captures/' + encodeURIComponent(job.id)))
      this.failure = undefined
    } catch (e) {
      this.failure = e instanceof Failure ? e : new Failure('It could not be cancelled', String(e), 0)
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
