package outward

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

// What libraries.md tried: addresses that are not public, in every way they can be written.
var private = []string{
	"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.9.10", "169.254.169.254", "172.16.0.1", "192.0.0.1",
	"192.168.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
	"2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%25lo", "ff02::1",
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	c := client(t, Options{})
	for _, ip := range private {
		if strings.Contains(ip, ":") {
			ip = "[" + ip + "]"
		}
		_, err := get(t, c, "http://"+ip+":9/")
		wantRefused(t, err, "not a public address")
	}
}

func TestPublicAddressesAreNot(t *testing.T) {
	g, err := newGuard(nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a01:4f8::1"} {
		network := "tcp4"
		if netip.MustParseAddr(ip).Is6() {
			network = "tcp6"
		}
		if err := g.control(network, netip.AddrPortFrom(netip.MustParseAddr(ip), 8443).String(), nil); err != nil {
			t.Error(err)
		}
	}
}

func TestExceptions(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	other := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	byName := "http://localhost:" + u.Port()
	for _, c := range []struct {
		name    string
		options Options
		address string
		reached bool
	}{
		{"own", Options{Own: []string{s.URL}}, s.URL, true},
		{"own, other port", Options{Own: []string{s.URL}}, other.URL, false},
		{"own, other name of the same address", Options{Own: []string{s.URL}}, byName, false},
		{"own by name", Options{Own: []string{byName}}, strings.ToUpper(byName), true},
		{"own without a port", Options{Own: []string{"http://127.0.0.1"}}, s.URL, false},
		{"host", Options{Allow: []string{"localhost"}}, byName, true},
		{"host, other name of the same address", Options{Allow: []string{"localhost"}}, s.URL, false},
		{"host and port", Options{Allow: []string{"LOCALHOST:" + u.Port()}}, byName, true},
		{"host and other port", Options{Allow: []string{"localhost:1"}}, byName, false},
		{"address", Options{Allow: []string{"127.0.0.1"}}, s.URL, true},
		{"address, by name", Options{Allow: []string{"127.0.0.1"}}, byName, false},
		{"prefix", Options{Allow: []string{"127.0.0.0/8"}}, s.URL, true},
		{"prefix, by name", Options{Allow: []string{"10.0.0.0/8", "127.0.0.0/8", "::1/128"}}, byName, true},
		{"other prefix", Options{Allow: []string{"10.0.0.0/8", "fc00::/7"}}, s.URL, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := get(t, client(t, c.options), c.address)
			if c.reached && err != nil {
				t.Error(err)
			}
			if !c.reached {
				wantRefused(t, err, "not a public address")
			}
		})
	}
}

func TestTarget(t *testing.T) {
	for address, want := range map[string]string{
		"https://Example.social":  "example.social:443",
		"http://example.social/x": "example.social:80",
		"https://[::1]":           "[::1]:443",
		"http://[::1]:8080":       "[::1]:8080",
	} {
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := target(r.URL); got != want {
			t.Errorf("target(%s) = %s, want %s", address, got, want)
		}
	}
}
