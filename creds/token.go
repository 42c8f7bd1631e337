package creds

import (
	"fmt"
	"io"
)

// Token is a secret. No way of printing or encoding it shows it; who needs it asks for it by name.
type Token struct{ secret *string } // a pointer: fmt prints a field that it may not call methods on

const hidden = "(hidden)"

// NewToken hides a secret.
func NewToken(secret string) Token { return Token{&secret} }

// Reveal is the secret itself, for the request that needs it.
func (t Token) Reveal() string {
	if t.secret == nil {
		return ""
	}
	return *t.secret
}

// String never shows the secret.
func (t Token) String() string { return hidden }

// Format never shows the secret, whatever the verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// MarshalText never shows the secret: for JSON, and for zerolog, which encodes by it.
func (t Token) MarshalText() ([]byte, error) { return []byte(hidden), nil }
