package lab

import (
	"crypto/sha256"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// account is what a Windows computer says of itself.
func (h *host) account() message.Windows {
	w := message.Windows{Computer: title(h), Domain: h.domain(), DNS: h.dns(), Major: 10}
	if h.Windows != nil {
		w.Build, w.User = h.Windows.Build, h.Windows.User
		if h.Windows.Major > 0 {
			w.Major, w.Minor = h.Windows.Major, h.Windows.Minor
		}
	}
	if w.User == "" {
		w.User = h.Name + "$"
	}
	return w
}

// guid is what a Windows computer is known by in SMB.
func (h *host) guid() []byte {
	sum := sha256.Sum256([]byte(h.Name))
	return sum[:16]
}

// signIn asks a domain controller for a ticket and the directory's root.
func signIn(s *scene) { s.each(s.signIn) }

func (s *scene) signIn() {
	c := s.dial(88)
	when := s.clock().Format("20060102150405Z")
	realm := strings.ToUpper(s.to.dns())
	c.Ask(message.KerberosAsk(s.from.account().User, realm, s.Rand.Uint32()), message.KerberosDenied(realm, when), quick)
	c.Close()
	c = s.dial(389)
	c.Ask(message.LDAPSearch(1), message.LDAPEntry(1, "DC="+strings.ReplaceAll(s.to.dns(), ".", ",DC="), s.to.Name+"."+s.to.dns()), quick)
	s.Wait(s.Jitter(time.Second, 0.5))
	c.Close()
}

// smbOpen signs in to a file server and opens a share.
func (s *scene) smbOpen(c *wire.Conn, share string) message.SMBCall {
	client, server := s.from.account(), s.to.account()
	c.Ask(message.SMBNegotiate(s.from.guid()), message.SMBNegotiated(s.to.guid(), s.filetime(), s.to.Windows != nil && s.to.Windows.Directory), quick)
	call := message.SMBCall{Session: uint64(s.Rand.Uint32()) << 8, Message: 1}
	first := call
	first.Session = 0
	c.Ask(first.Setup(client), call.Challenge(server, s.filetime(), s.Bytes(8)), quick)
	call.Message++
	c.Ask(call.Authenticate(client, server, s.filetime(), s.Bytes(56)), call.Welcome(), quick)
	call.Message++
	granted := call
	granted.Tree = 1
	c.Ask(call.TreeConnect(`\\`+title(s.to)+`\`+share), granted.TreeConnected(), quick)
	return granted
}

// share opens a file share and keeps it open.
func share(s *scene) {
	c := s.dial(445)
	call := s.smbOpen(c, s.talk.Text)
	s.each(func() {
		call.Message++
		c.Ask(call.Echo(false), call.Echo(true), quick)
	})
	c.Close()
}

// copyFiles writes files to a share.
func copyFiles(s *scene) {
	c := s.dial(445)
	call := s.smbOpen(c, s.talk.Text)
	for _, name := range s.talk.Names {
		s.smbCopy(c, &call, name, s.talk.Size)
	}
	s.Wait(time.Second)
	c.Close()
}

// smbPiece is how much of a file one write carries.
const smbPiece = 30 << 10

func (s *scene) smbCopy(c *wire.Conn, call *message.SMBCall, name string, size int) {
	id := s.Bytes(16)
	call.Message++
	c.Ask(call.Create(name), call.Created(id, s.filetime()), quick)
	for at := 0; at < size && !s.Over() && !c.Lost(); at += smbPiece {
		n := min(smbPiece, size-at)
		call.Message++
		c.Ask(call.Write(id, uint64(at), s.Noise(n)), call.Written(n), quick)
	}
	call.Message++
	c.Ask(call.CloseFile(id), call.FileClosed(), quick)
}

// tls is a short conversation of which nobody can read more than the names.
func tls(s *scene) {
	s.each(func() {
		c := s.dial(s.talk.Port)
		secrets := s.Bytes(96)
		c.Ask(message.ClientHello(s.to.Name, secrets), append(message.ServerHello(s.Bytes(64), secrets[32:64]), message.Encrypted(s.Noise(1900))...), quick)
		c.Ask(append(message.ChangeCipher(), message.Encrypted(s.Noise(58))...), message.Encrypted(s.Noise(250)), quick)
		for range 1 + s.Rand.IntN(4) {
			c.Ask(message.Encrypted(s.Noise(200+s.Rand.IntN(700))), message.Encrypted(s.Noise(400+s.Rand.IntN(5000))), cycle)
			s.Wait(s.Jitter(400*time.Millisecond, 0.8))
		}
		c.Close()
	})
}

func http(s *scene) {
	agent := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36"
	if s.from.net == nil {
		agent = "Mozilla/5.0 (compatible; scanner)"
	}
	server := s.to.Software
	if s.to.Windows != nil {
		server = "Microsoft-IIS/10.0"
	}
	if server == "" {
		server = "nginx"
	}
	s.each(func() {
		c := s.dial(s.talk.Port)
		c.Ask(message.HTTPGet(s.to.IP().String(), "/", agent), message.HTTPPage(server, s.talk.Text), cycle)
		s.Wait(s.Jitter(60*time.Millisecond, 0.4))
		c.Close()
	})
}

func printing(s *scene) {
	s.each(func() {
		c := s.dial(631)
		n := uint32(s.next())
		c.Ask(message.IPPAsk(s.to.IP().String(), n), message.IPPAnswer(s.to.Software, s.to.Model, n), 20*time.Millisecond)
		s.Wait(s.Jitter(300*time.Millisecond, 0.4))
		c.Close()
	})
}

// smtp hands over a mail and goes over to TLS, as mail servers ask for.
func smtp(s *scene) {
	s.each(func() {
		c := s.dial(25)
		name := s.to.Name + "." + s.to.dns()
		c.Answer([]byte("220 " + name + " Microsoft ESMTP MAIL Service ready\r\n"))
		s.Wait(2 * time.Millisecond)
		c.Ask([]byte("EHLO "+s.from.Name+"."+s.from.dns()+"\r\n"), []byte("250-"+name+" Hello\r\n250-SIZE 37748736\r\n250 STARTTLS\r\n"), quick)
		c.Ask([]byte("STARTTLS\r\n"), []byte("220 2.0.0 SMTP server ready\r\n"), quick)
		secrets := s.Bytes(96)
		c.Ask(message.ClientHello(name, secrets), append(message.ServerHello(s.Bytes(64), secrets[32:64]), message.Encrypted(s.Noise(1200))...), quick)
		c.Ask(append(message.ChangeCipher(), message.Encrypted(s.Noise(900))...), message.Encrypted(s.Noise(120)), cycle)
		c.Close()
	})
}
