// Package deps holds modules in go.mod until the code that uses them is there.
package deps

import (
	_ "github.com/coreos/go-oidc/v3/oidc"
	_ "github.com/descope/virtualwebauthn"
	_ "github.com/gaissmai/bart"
	_ "github.com/go-webauthn/webauthn/webauthn"
	_ "github.com/pquerna/otp/totp"
	_ "github.com/xuri/excelize/v2"
	_ "golang.org/x/crypto/argon2"
	_ "golang.org/x/oauth2"
	_ "golang.org/x/text/language"
	_ "golang.org/x/time/rate"
)
