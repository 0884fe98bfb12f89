/**
 * Tries a check again until it holds, for five seconds: a page draws after what
 * it asked for has come, and a test that looks once may look too early.
 */
export async function soon(check) {
  for (const end = Date.now() + 5000; ; ) {
    try {
      return await check()
    } catch (e) {
      if (Date.now() > end) throw e
      await new Promise((done) => setTimeout(done, 50))
    }
  }
}
