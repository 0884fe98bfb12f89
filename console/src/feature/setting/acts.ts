/** What acts are called by people; others are written apart. */
const known: Record<string, string> = {
  signInPasskey: 'sign-in with a passkey', signInPassword: 'sign-in with a password', finishOIDC: 'sign-in through a provider', signOut: 'signed out', confirm: 'confirmed who they are',
  addAccount: 'invited', changeAccount: 'changed an account', removeAccount: 'removed an account', linkAccount: 'made a link for', unlockAccount: 'unlocked', addToken: 'made a token', removeToken: 'removed a token',
  'account-setup': 'made the link for the first administrator', 'account-link': 'made a link on the machine for', 'account-unlock': 'unlocked on the machine', openLink: 'opened a link', enrolAccount: 'named a new account', enrolPasskey: 'set up a passkey with a link', enrolCodes: 'set up a password with a link', 'ledger-begin': 'began the ledger', 'ledger-heal': 'cut off an unfinished record', 'ledger-renew': 'began the ledger anew', 'ledger-give-up': 'gave up a ledger', 'state-backup': 'made a backup', 'state-restore': 'put a backup back', requests: 'requests',
  saveModel: 'saved the plant model', editModel: 'edited the plant model', checkModel: 'checked the plant model', mergeAssets: 'merged assets', splitAsset: 'split an asset', undoDecision: 'took back a decision',
  importCapture: 'imported a capture', cancelCapture: 'cancelled an import', keepPackets: 'kept packets', addView: 'saved a view', changeView: 'changed a view', removeView: 'removed a view', setRetention: 'set how long data is kept', ledger: 'read the ledger', ledgerCheckpoint: 'took a checkpoint of the ledger', addPasskey: 'added a passkey', removePasskey: 'removed a passkey', changePassword: 'changed the password', beginCodes: 'began to set up an app for codes', confirmCodes: 'set up an app for codes', newRecoveryCodes: 'made new recovery codes', endSession: 'ended a session',
  beginPasskey: 'began to sign in with a passkey', beginConfirm: 'began to confirm who they are', beginAddPasskey: 'began to add a passkey', beginEnrolPasskey: 'began to set up a passkey with a link', enrolPassword: 'chose a password with a link',
}

/** An act in words: "saveModel" is "saved the plant model", "stopClock" is "stop clock". */
export function actText(act: string): string {
  return known[act] ?? act.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' ').toLowerCase()
}
