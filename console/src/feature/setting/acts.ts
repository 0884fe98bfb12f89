/** What acts are called by people; others are written apart. */
const known: Record<string, string> = {
  signInPasskey: 'sign-in with a passkey', signInPassword: 'sign-in with a password', finishOIDC: 'sign-in through a provider', signOut: 'signed out', confirm: 'confirmed who they are',
  addAccount: 'invited', changeAccount: 'changed an account', removeAccount: 'removed an account', linkAccount: 'made a link for', unlockAccount: 'unlocked', addToken: 'made a token', removeToken: 'removed a token',
  'account-setup': 'made the link for the first administrator', 'account-link': 'made a link on the machine for', 'account-unlock': 'unlocked on the machine', openLink: 'opened a link', enrolAccount: 'named a new account', enrolPasskey: 'set up a passkey with a link', enrolCodes: 'set up a password with a link', 'ledger-begin': 'began the ledger',
  saveModel: 'saved the plant model', editModel: 'edited the plant model', mergeAssets: 'merged assets', splitAsset: 'split an asset', undoDecision: 'took back a decision',
  importCapture: 'imported a capture', setRetention: 'set how long data is kept', ledger: 'read the ledger', ledgerCheckpoint: 'took a checkpoint of the ledger', addPasskey: 'added a passkey', removePasskey: 'removed a passkey', changePassword: 'changed the password',
}

/** An act in words: "saveModel" is "saved the plant model", "keepPackets" is "keep packets". */
export function actText(act: string): string {
  return known[act] ?? act.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' ').toLowerCase()
}
