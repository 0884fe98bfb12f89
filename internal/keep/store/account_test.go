package store

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"
)

func anyone([]Account) error { return nil }

func TestAccounts(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		a := Account{ID: "a1", Name: "anna", Display: "Anna", Mail: "anna@example.com", Grants: json.RawMessage(`[]`), Created: now}
		ok(t, db.AddAccount(ctx, a, 2))
		wantKind(t, db.AddAccount(ctx, Account{ID: "a2", Name: "anna", Grants: a.Grants}, 2), ErrConflict)
		ok(t, db.AddAccount(ctx, Account{ID: "b1", Name: "bernd", Mail: "b@example.com", Grants: a.Grants}, 2))
		wantKind(t, db.AddAccount(ctx, Account{ID: "c1", Name: "carl", Grants: a.Grants}, 2), ErrConflict)

		a.Display = "Anna Weiss"
		ok(t, db.PutAccount(ctx, a, 1, anyone))
		wantKind(t, db.PutAccount(ctx, a, 1, anyone), ErrConflict)
		a.Name = "bernd"
		wantKind(t, db.PutAccount(ctx, a, 2, anyone), ErrInvalid)
		no := errors.New("no")
		wantKind(t, db.DeleteAccount(ctx, "a1", func(stay []Account) error {
			if len(stay) != 1 || stay[0].Name != "bernd" {
				t.Errorf("%+v", stay)
			}
			return no
		}), no)

		ok(t, db.SetSubject(ctx, "a1", "idp", "s"))
		wantKind(t, db.SetSubject(ctx, "a1", "idp", "other"), ErrConflict)
		wantKind(t, db.SetSubject(ctx, "b1", "idp", "s"), ErrConflict)
		if x := must[Account](t)(db.AccountBySubject(ctx, "idp", "s")); x.ID != "a1" || x.Display != "Anna Weiss" || x.Version != 2 {
			t.Errorf("%+v", x)
		}
		_, err := db.AccountByMail(ctx, "")
		wantKind(t, err, ErrNotFound)

		ok(t, db.SetCodes(ctx, "a1", "S", 5, []string{"h1", "h2"}))
		wantKind(t, db.UseStep(ctx, "a1", 5), ErrConflict)
		ok(t, db.UseStep(ctx, "a1", 6))
		ok(t, db.UseRecovery(ctx, "a1", "h1"))
		wantKind(t, db.UseRecovery(ctx, "a1", "h1"), ErrNotFound)
		wantKind(t, db.UseRecovery(ctx, "b1", "h2"), ErrNotFound)

		k := Passkey{ID: "k1", Account: "a1", Host: "localhost", Credential: json.RawMessage(`{"n":1}`), Created: now}
		ok(t, db.AddPasskey(ctx, k, 1))
		wantKind(t, db.AddPasskey(ctx, Passkey{ID: "k2", Account: "a1", Credential: k.Credential}, 1), ErrConflict)
		was := k.Credential
		k.Credential = json.RawMessage(`{"n":2}`)
		ok(t, db.UsePasskey(ctx, k, was))
		wantKind(t, db.UsePasskey(ctx, k, was), ErrConflict)

		for _, id := range []string{"s1", "s2", "s3"} {
			now := now.Add(time.Duration(id[1]) * time.Second)
			ok(t, db.AddSession(ctx, Session{ID: id, Hash: "h" + id, Account: "a1", Created: now, Used: now, Expires: now.Add(time.Hour)}, 2))
		}
		if list := must[[]Session](t)(db.Sessions(ctx, "a1")); len(list) != 2 || list[0].ID != "s3" {
			t.Errorf("%+v", list)
		}
		ok(t, db.RotateSession(ctx, "hs3", "new", now))
		wantKind(t, db.RotateSession(ctx, "hs3", "newer", now), ErrNotFound)
		wantKind(t, db.DeleteSession(ctx, "b1", "s3"), ErrNotFound)
		ok(t, db.AddToken(ctx, Token{ID: "t1", Hash: "th", Account: "a1", Expires: now.Add(time.Hour)}, 1))
		ok(t, db.ForgetExpired(ctx, now.Add(2*time.Hour), now))
		_, err = db.Token(ctx, "th")
		wantKind(t, err, ErrNotFound)

		ok(t, db.PutLink(ctx, AccountLink{Hash: "l", Kind: "recover", Account: "a1", Expires: now.Add(time.Hour)}))
		ok(t, db.DeleteAccount(ctx, "a1", anyone))
		if list := must[[]Passkey](t)(db.Passkeys(ctx, "")); len(list) != 0 {
			t.Errorf("what belonged to the account stays: %+v", list)
		}
		_, err = db.Link(ctx, "l", now)
		wantKind(t, err, ErrNotFound)
	})
}

func TestALinkIsSpentOnce(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ok(t, db.PutLink(ctx, AccountLink{Hash: "old", Kind: FirstAccount, Expires: now.Add(time.Hour)}))
		ok(t, db.PutLink(ctx, AccountLink{Hash: "l", Kind: FirstAccount, Expires: now.Add(time.Hour)}))
		wantKind(t, db.Redeem(ctx, "old", now, Enrolment{}), ErrNotFound)
		wantKind(t, db.Redeem(ctx, "l", now.Add(time.Hour), Enrolment{}), ErrNotFound)
		var all sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, id := range []string{"a", "b", "c", "d"} {
			all.Go(func() {
				a := Account{ID: id, Name: id, Grants: json.RawMessage(`[]`), Created: now}
				err := db.Redeem(ctx, "l", now, Enrolment{Account: a, Passkey: &Passkey{ID: "k" + id, Account: id, Credential: json.RawMessage(`{}`)}})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, ErrNotFound) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if list := must[[]Account](t)(db.Accounts(ctx)); won != 1 || len(list) != 1 {
			t.Errorf("%d won, %d accounts", won, len(list))
		}
	})
}
