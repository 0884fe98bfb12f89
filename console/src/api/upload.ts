import { Failure, refusal, url } from './client'
import type { Job } from './model'

/** The title of the failure of an upload that somebody cancelled. */
export const cancelled = 'Cancelled'

/** An upload on its way. */
export interface Upload {
  done: Promise<Job>
  cancel(): void
}

/**
 * Sends a capture to be imported. The file goes out as it is read: neither the
 * browser nor the hub holds it in memory. fetch tells no progress of what it
 * sends, so this is an XMLHttpRequest.
 */
export function upload(file: File, progress: (sent: number) => void): Upload {
  const x = new XMLHttpRequest()
  const done = new Promise<Job>((resolve, reject) => {
    x.open('POST', url('/captures', { name: file.name }))
    x.setRequestHeader('Content-Type', 'application/octet-stream')
    x.upload.onprogress = (e) => progress(e.loaded)
    x.onload = () => {
      if (x.status >= 200 && x.status < 300) resolve(JSON.parse(x.responseText) as Job)
      else void refusal(new Response(x.responseText, { status: x.status, statusText: x.statusText })).then(reject)
    }
    x.onerror = () => reject(new Failure('The capture did not arrive', 'The connection to the hub broke. Send it again when the hub answers.', 0))
    x.onabort = () => reject(new Failure(cancelled, '', 0))
    x.send(file)
  })
  return { done, cancel: () => x.abort() }
}
