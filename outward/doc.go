// Package outward is the HTTP client for addresses that strangers choose: those of media files. It reaches public
// addresses only, waits for nobody without end, and carries nothing that is anyone's: no token, no cookie, no
// referrer.
package outward
