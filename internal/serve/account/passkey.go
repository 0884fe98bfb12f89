package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Passkeys reports whether browsers use passkeys at a place: they bind them to
// names and not to addresses (Web Authentication section 5.1.2, RP ID).
func (p Place) Passkeys() bool {
	_, err := netip.ParseAddr(p.Host)
	return err != nil && p.Host != ""
}

var errNoPasskeys = refuse(ErrInvalid, "Browsers bind passkeys to a name, and this console was opened by an IP address. Open it by its name (localhost on the machine itself).")

// relying is what verifies passkeys for a place: bound to its name, made and
// used at its origin only.
func relying(p Place) (*webauthn.WebAuthn, error) {
	if !p.Passkeys() {
		return nil, errNoPasskeys
	}
	required := true
	return webauthn.New(&webauthn.Config{
		RPID: p.Host, RPDisplayName: "Bulkhead", RPOrigins: []string{p.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required, UserVerification: protocol.VerificationRequired,
		},
	})
}

// holder is an account as the library of passkeys sees it.
type holder struct {
	account  *store.Account
	passkeys []store.Passkey
	list     []webauthn.Credential
}

// WebAuthnID is the user handle: the account's ID, which is made by chance and
// says nothing of a person.
func (h *holder) WebAuthnID() []byte { return []byte(h.account.ID) }

// WebAuthnName is what authenticators show.
func (h *holder) WebAuthnName() string { return h.account.Name }

// WebAuthnDisplayName is what people read.
func (h *holder) WebAuthnDisplayName() string { return h.account.Display }

// WebAuthnCredentials are those that may be used.
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.list }

// holder reads an account's passkeys for a name.
func (a *Accounts) holder(ctx context.Context, account *store.Account, host string) (*holder, error) {
	h := &holder{account: account}
	all, err := a.store.Passkeys(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Host != host {
			continue
		}
		var c webauthn.Credential
		if err := json.Unmarshal(p.Credential, &c); err != nil {
			return nil, fmt.Errorf("read a passkey of %q: %w", account.Name, err)
		}
		h.passkeys, h.list = append(h.passkeys, p), append(h.list, c)
	}
	return h, nil
}

// create is what a browser is asked in order to make a passkey.
func (a *Accounts) create(ctx context.Context, p Place, account *store.Account, purpose string) (*protocol.CredentialCreation, error) {
	w, err := relying(p)
	if err != nil {
		return nil, err
	}
	h, err := a.holder(ctx, account, p.Host)
	if err != nil {
		return nil, err
	}
	creation, _, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.list).CredentialDescriptors()), func(o *protocol.PublicKeyCredentialCreationOptions) error {
		o.Challenge = a.challenge(purpose)
		return nil
	})
	return creation, err
}

// created verifies a passkey that a browser has made.
func (a *Accounts) created(p Place, account *store.Account, purpose, name string, answer json.RawMessage) (*store.Passkey, error) {
	w, err := relying(p)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, refuse(ErrInvalid, "This is no passkey.")
	}
	challenge, err := a.challengeOf(parsed.Response.CollectedClientData.Challenge, purpose)
	if err != nil {
		return nil, err
	}
	credential, err := w.CreateCredential(&holder{account: account}, webauthn.SessionData{
		Challenge: parsed.Response.CollectedClientData.Challenge, RelyingPartyID: p.Host, UserID: []byte(account.ID),
		UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersDefault(),
	}, parsed)
	if err != nil || !a.challenges.spend(challenge, a.now()) {
		return nil, refuse(ErrInvalid, "This passkey was not accepted. It must be made for this address, and it must ask for a PIN, a finger or a face.")
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return nil, fmt.Errorf("encode a passkey: %w", err)
	}
	if name == "" {
		name = "Passkey of " + a.now().UTC().Format("2 January 2006")
	}
	return &store.Passkey{
		ID: base64.RawURLEncoding.EncodeToString(credential.ID), Account: account.ID, Name: name, Host: p.Host, Credential: raw, Created: a.now(),
	}, nil
}

// challengeOf decodes a challenge that came back and holds it against its
// purpose.
func (a *Accounts) challengeOf(text, purpose string) ([]byte, error) {
	c, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !a.good(c, purpose) {
		return nil, refuse(ErrSignIn, "This took too long, or was begun elsewhere. Try again.")
	}
	return c, nil
}

const purposeSignIn = "sign-in"

// request is what a browser is asked in order to use a passkey.
func (a *Accounts) request(p Place, purpose string) (*protocol.CredentialAssertion, error) {
	w, err := relying(p)
	if err != nil {
		return nil, err
	}
	assertion, _, err := w.BeginDiscoverableLogin(webauthn.WithChallenge(a.challenge(purpose)))
	return assertion, err
}

// used verifies the use of a passkey and returns whose it is. The error of a
// passkey that may have been copied is ErrDenied, with the account.
func (a *Accounts) used(ctx context.Context, p Place, purpose string, answer json.RawMessage) (*store.Account, error) {
	w, err := relying(p)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, errPasskey
	}
	challenge, err := a.challengeOf(parsed.Response.CollectedClientData.Challenge, purpose)
	if err != nil {
		return nil, err
	}
	var h *holder
	var internal error
	find := func(_, handle []byte) (webauthn.User, error) {
		account, err := a.store.Account(ctx, string(handle))
		if err == nil {
			h, err = a.holder(ctx, &account, p.Host)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			internal = err
		}
		return h, err
	}
	credential, err := w.ValidateDiscoverableLogin(find, webauthn.SessionData{
		Challenge: parsed.Response.CollectedClientData.Challenge, RelyingPartyID: p.Host, UserVerification: protocol.VerificationRequired,
	}, parsed)
	if internal != nil {
		return nil, internal
	}
	if err != nil || !a.challenges.spend(challenge, a.now()) {
		return nil, errPasskey
	}
	return h.account, a.note(ctx, h, credential)
}

// note writes down that a passkey was used. One whose counter went back may
// have been copied: it is not accepted any more, neither here nor there.
func (a *Accounts) note(ctx context.Context, h *holder, c *webauthn.Credential) error {
	id := base64.RawURLEncoding.EncodeToString(c.ID)
	for _, p := range h.passkeys {
		if p.ID != id {
			continue
		}
		suspect := p.Suspect || c.Authenticator.CloneWarning
		raw, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("encode a passkey: %w", err)
		}
		was := p.Credential
		p.Credential, p.Suspect, p.Used = raw, suspect, a.now()
		if err := a.store.UsePasskey(ctx, p, was); err != nil {
			if errors.Is(err, store.ErrConflict) {
				return errPasskey
			}
			return err
		}
		if suspect {
			return refuse(ErrDenied, "This passkey may have been copied: its counter went back. It is not accepted any more. Sign in another way, remove it, and find out where the copy is.")
		}
		return nil
	}
	return errPasskey
}
