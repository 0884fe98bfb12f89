//go:build !linux

// Package livetest gives tests a network namespace: Linux only.
package livetest
