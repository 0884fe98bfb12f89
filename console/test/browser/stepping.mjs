// Steps at the program itself that follow one another: what one does, and that
// the browser had nothing to complain of meanwhile.

/** Asks the API as the page does. */
export const api = (page, path) => page.evaluate((p) => fetch('/api/v1' + p).then((r) => r.json()), path)

/** Notes each step that is done, or why it was not, and then ends the walk. */
export function stepping(complaints, failures) {
  const steps = []
  const step = async (name, act) => {
    try {
      await act()
      // A page that asks who is signed in while nobody is hears 401; the browser writes that down.
      for (const c of complaints.splice(0)) if (!/401|403/.test(c)) throw new Error(`the browser complains: ${c}`)
      steps.push(name)
    } catch (e) {
      failures.push(`the program, ${name}: ${e.stack?.split('\n').slice(0, 5).join(' | ')}`)
      throw e
    }
  }
  return { steps, step }
}
