/** Signs whoever is at the test server out; the returned function makes it as it was. */
export function stepOut(server) {
  const { now, list } = server.w.account
  server.w.account.now = null
  return () => Object.assign(server.w.account, { now, list })
}
