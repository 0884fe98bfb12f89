package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

const accountLong = `Look after accounts on the machine where the hub runs: who is there, and links by
which an account is set up when nobody can sign in any more. It works while the
hub runs. Whoever may read and write the data folder may use it (docs/accounts.md).`

func accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Look after accounts on the hub's own machine", Long: accountLong}
	var o runFlags
	f := c.PersistentFlags()
	f.StringVar(&o.config, "config", "", "read this configuration `file` (docs/run.md)")
	f.StringVar(&o.data, "data", "", "the data `folder` (default "+config.DefaultData+")")
	f.StringVar(&o.listen, "listen", "", "`address` of the console, for the links that are shown")
	c.AddCommand(
		accountVerb(&o, "list", "List accounts", `  bulkhead account list`, 0, "", listAccounts),
		accountVerb(&o, "setup", "Make the link for the first administrator", `  bulkhead account setup`, 0, "account-setup", setupAccount),
		accountVerb(&o, "link NAME", "Make a link by which an account is set up anew", `  bulkhead account link anna`, 1, "account-link", linkAccount),
		accountVerb(&o, "unlock NAME", "Let an account sign in with its password again at once", `  bulkhead account unlock anna`, 1, "account-unlock", unlockAccount),
	)
	return c
}

// accountTool is what a verb works with.
type accountTool struct {
	*account.Accounts
	out  io.Writer
	at   string // address of the console
	name string
}

func accountVerb(o *runFlags, use, short, example string, args int, act string, do func(context.Context, *accountTool) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: func(_ *cobra.Command, given []string) error {
			if len(given) != args {
				return fmt.Errorf("%w: bulkhead account %s", errUsage, use)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := o.settings()
			if err != nil {
				return err
			}
			return withStop(c.Context(), func(ctx context.Context) error {
				a, done, err := app.OpenAccounts(ctx, settings)
				if err != nil {
					return err
				}
				defer done()
				t := &accountTool{a, c.OutOrStdout(), consoleAt(settings), strings.Join(args, "")}
				if act == "" {
					return do(ctx, t)
				}
				return app.Recorded(ctx, settings, app.Act{Name: act, Object: t.name}, func() error { return do(ctx, t) })
			})
		},
	}
}

// consoleAt is where people open the console.
func consoleAt(c *config.Config) string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://" + c.Listen
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return "http://" + net.JoinHostPort("localhost", port)
	}
	if len(c.Names) > 0 {
		host = c.Names[0]
	}
	return "https://" + net.JoinHostPort(host, port) // what is not on loopback has TLS
}

func listAccounts(ctx context.Context, t *accountTool) error {
	list, err := t.People(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(t.out, "There is no account yet. bulkhead account setup makes the link for the first one.")
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tMAY\tSIGNS IN WITH\tLAST SEEN")
	for i := range list {
		p := &list[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, grantWords(p.Grants), meansOf(p), seenWords(p.Seen))
	}
	return w.Flush()
}

func grantWords(list []account.Grant) string {
	var words []string
	for _, g := range list {
		where := g.Site
		if where == account.Everywhere {
			where = "all sites"
		}
		words = append(words, string(g.Role)+" on "+where)
	}
	if words == nil {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

func meansOf(p *account.Person) string {
	var words []string
	switch {
	case p.Passkeys == 1:
		words = append(words, "1 passkey")
	case p.Passkeys > 1:
		words = append(words, fmt.Sprintf("%d passkeys", p.Passkeys))
	}
	if p.Password != "" {
		words = append(words, "password")
	}
	if p.Subject != "" {
		words = append(words, p.Provider)
	}
	if words == nil {
		return "nothing yet"
	}
	return strings.Join(words, ", ")
}

func seenWords(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func setupAccount(ctx context.Context, t *accountTool) error {
	l, err := t.SetupLink(ctx)
	if err != nil {
		return err
	}
	return t.show(l, "The first administrator is set up")
}

func linkAccount(ctx context.Context, t *accountTool) error {
	p, err := t.PersonByName(ctx, t.name)
	if err != nil {
		return err
	}
	_, l, err := t.Link(ctx, p.ID, "")
	if err != nil {
		return err
	}
	what := p.Name + " is set up"
	if l.Kind == account.Recover {
		what = p.Name + " is set up anew, and what the account signed in with before is void then,"
	}
	return t.show(l, what)
}

func (t *accountTool) show(l account.Link, what string) error {
	_, err := fmt.Fprintf(t.out, "%s by opening this address, once, until %s:\n%s%s\nWhoever has it can do so. Links made before are void.\n", what, l.Expires.Local().Format("2006-01-02 15:04 MST"), t.at, l.Path())
	return err
}

func unlockAccount(ctx context.Context, t *accountTool) error {
	p, err := t.PersonByName(ctx, t.name)
	if err == nil {
		_, err = t.Unlock(ctx, p.ID)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s can sign in with a password again at once.\n", p.Name)
	return err
}
