package lab

import (
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/message"
)

// session is how long somebody works at a distance.
const session = 60 * time.Second

// work repeats something at the talk's period for the length of a session.
func (s *scene) work(do func()) {
	end := s.Now() + session
	for s.Now() < end && s.Every(s.talk.Every) {
		do()
	}
}

// rdp is a remote desktop.
func rdp(s *scene) {
	c := s.dial(3389)
	user := s.from.account().User
	c.Ask(message.RDPConnect(user), message.RDPConnected(), quick)
	secrets := s.Bytes(96)
	c.Ask(message.ClientHello(s.to.Name+"."+s.to.dns(), secrets), append(message.ServerHello(s.Bytes(64), secrets[32:64]), message.Encrypted(s.Noise(1300))...), quick)
	c.Ask(append(message.ChangeCipher(), message.Encrypted(s.Noise(58))...), message.Encrypted(s.Noise(300)), quick)
	s.work(func() {
		c.Ask(message.Encrypted(s.Noise(60+s.Rand.IntN(60))), message.Encrypted(s.Noise(200+s.Rand.IntN(1000))), quick)
	})
	c.Close()
}

// vnc looks at a panel's screen, without a password.
func vnc(s *scene) {
	c := s.dial(5900)
	c.Answer([]byte(message.RFBVersion))
	s.Wait(cycle)
	c.Ask([]byte(message.RFBVersion), []byte{1, 1}, quick)
	c.Ask([]byte{1}, []byte{0, 0, 0, 0}, quick)
	c.Ask([]byte{1}, message.RFBScreen(1024, 768, title(s.to)), quick)
	c.Say([]byte{2, 0, 0, 1, 0, 0, 0, 0}) // encodings: raw
	s.work(func() {
		x, y := uint16(s.Rand.IntN(63)*16), uint16(s.Rand.IntN(47)*16)
		c.Ask(message.RFBAsk(1024, 768), message.RFBUpdate(x, y, s.Bytes(1024)), cycle)
	})
	c.Close()
}

func ssh(s *scene) {
	c := s.dial(22)
	c.Answer([]byte(s.to.Software + "\r\n"))
	s.Wait(cycle)
	c.Say([]byte("SSH-2.0-OpenSSH_for_Windows_9.5\r\n"))
	s.Wait(quick)
	c.Ask(message.SSHKeys(s.Bytes(16)), message.SSHKeys(s.Bytes(16)), quick)
	c.Ask(message.SSHExchange(s.Bytes(32)), message.SSHReply(s.Bytes(96)), cycle)
	c.Say(message.SSHPacket([]byte{21}))
	s.Wait(quick)
	for range 30 {
		c.Ask(s.Bytes(48), s.Bytes(64+16*s.Rand.IntN(20)), cycle)
		s.Wait(s.Jitter(500*time.Millisecond, 0.7))
	}
	c.Close()
}

// lines is a dialogue in text: what is asked, what is answered.
func (s *scene) lines(port uint16, hello string, dialogue ...[2]string) {
	c := s.dial(port)
	s.Wait(cycle)
	c.Answer([]byte(hello))
	for _, d := range dialogue {
		s.Wait(s.Jitter(1500*time.Millisecond, 0.5))
		c.Ask([]byte(d[0]), []byte(d[1]), cycle)
	}
	s.Wait(time.Second)
	c.Close()
}

// telnet signs in to a device with a password that everybody can read.
func telnet(s *scene) {
	const echo = "\xff\xfb\x01\xff\xfb\x03" // IAC WILL ECHO, IAC WILL SUPPRESS-GO-AHEAD
	const agreed = "\xff\xfd\x01\xff\xfd\x03"
	s.lines(23, echo+"Welcome to "+s.to.CIP.Name+"\r\nUser: ",
		[2]string{agreed + s.talk.User + "\r\n", s.talk.User + "\r\nPassword: "},
		[2]string{"\r\n", "User Logged In\r\n"},
		[2]string{"GVA001\r\n", "1\r\n42.000\r\n"})
}

// ftp copies a parameter set from a drive.
func ftp(s *scene) {
	s.lines(21, "220 "+s.to.CIP.Name+" FTP server ready.\r\n",
		[2]string{"USER " + s.talk.User + "\r\n", "331 Password required for " + s.talk.User + ".\r\n"},
		[2]string{"PASS " + strings.Repeat("x", 8) + "\r\n", "230 User " + s.talk.User + " logged in.\r\n"},
		[2]string{"SYST\r\n", "215 VxWorks\r\n"},
		[2]string{"CWD /system\r\n", "250 Changed directory to \"/system\"\r\n"},
		[2]string{"QUIT\r\n", "221 Bye.\r\n"})
}

// openVPN is a tunnel to somebody's server.
func openVPN(s *scene) {
	client, server := s.Bytes(8), s.Bytes(8)
	port := s.from.Host.Datagram()
	secrets := s.Bytes(96)
	s.ask(port, s.talk.Port, message.OpenVPNReset(client), message.OpenVPNResetAnswer(server, client))
	s.ask(port, s.talk.Port, message.OpenVPNControl(client, server, 0, 1, message.ClientHello("", secrets)),
		message.OpenVPNControl(server, client, 1, 1, message.ServerHello(s.Bytes(64), secrets[32:64])))
	s.each(func() {
		s.ask(port, s.talk.Port, message.OpenVPNData(s.Noise(80+s.Rand.IntN(300))), message.OpenVPNData(s.Noise(80+s.Rand.IntN(900))))
	})
}
