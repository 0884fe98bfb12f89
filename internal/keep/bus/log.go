package bus

import (
	"context"
	"fmt"
	"log/slog"
)

// logger hands the server's messages to ours. What the server calls a notice is
// of no interest to the people who run a plant.
type logger struct{ to *slog.Logger }

func (l *logger) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v) }
func (l *logger) Warnf(format string, v ...any)   { l.say(slog.LevelWarn, format, v) }
func (l *logger) Fatalf(format string, v ...any)  { l.say(slog.LevelError, format, v) }
func (l *logger) Errorf(format string, v ...any)  { l.say(slog.LevelError, format, v) }
func (l *logger) Debugf(string, ...any)           {}
func (l *logger) Tracef(string, ...any)           {}

func (l *logger) say(level slog.Level, format string, v []any) {
	l.to.Log(context.Background(), level, "bus server", "message", fmt.Sprintf(format, v...))
}
