package outward

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

// private are addresses that are not public, by what makes them so, in every way they can be written.
var private = map[string][]string{
	"this host":         {"0.0.0.0", "0.1.2.3", "::"},
	"loopback":          {"127.0.0.1", "127.8.9.10", "::1"},
	"private":           {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1"},
	"carrier's NAT":     {"100.64.0.1", "100.127.255.254"},
	"link-local":        {"169.254.0.1", "fe80::1", "fe80::1%25lo", "fec0::1"},
	"metadata":          {"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192"},
	"protocols":         {"192.0.0.1", "192.88.99.1", "2001:20::1", "100::1", "5f00::1"},
	"documentation":     {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"},
	"benchmarks":        {"198.18.0.1", "198.19.255.255", "2001:2::1"},
	"multicast":         {"224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"},
	"reserved":          {"240.0.0.1", "255.255.255.255", "4000::1", "fe00::1"},
	"mapped IPv4":       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1"},
	"compatible IPv4":   {"::127.0.0.1", "::7f00:1"},
	"translated IPv4":   {"::ffff:0:127.0.0.1", "::ffff:0:a00:1"},
	"NAT64":             {"64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "64:ff9b:1::a00:1"},
	"6to4":              {"2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1"},
	"Teredo":            {"2001::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe"},
	"a network's own":   {"64:ff9b::1.1.1.1"}, // NAT64 of what is public: allow_private_hosts opens it where it is used
	"IPv6 of a zone":    {"fe80::1%25eth0", "ff02::1%25eth0"},
	"spelt at length":   {"0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:ffff:7f00:0001"},
	"in capital digits": {"::FFFF:7F00:1", "FD00:EC2::254"},
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	c := client(t, Options{})
	g, err := newGuard(nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for what, addresses := range private {
		for _, ip := range addresses {
			network, host := "tcp4", ip
			if strings.Contains(ip, ":") {
				network, host = "tcp6", "["+ip+"]"
			}
			t.Run(what+" "+ip, func(t *testing.T) {
				_, err := get(t, c, "http://"+host+":9/") // before anything is looked up
				wantRefused(t, err, "not a public address")
				resolved := strings.ReplaceAll(host, "%25", "%")
				wantRefused(t, g.control(network, resolved+":443", nil), "not a public address") // after it was
			})
		}
	}
}

// Names and numbers that only a resolver understands lead nowhere else.
func TestAddressesInDisguiseAreNotReached(t *testing.T) {
	reached := false
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached = true })
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	c := client(t, Options{})
	for _, host := range []string{"localhost", "LOCALHOST", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
		"127.0.0.1.", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "127%2e0.0.1", "127.0.0.1%00.example.social", "example.social@127.0.0.1"} {
		if _, err := get(t, c, "http://"+host+port+"/"); err == nil || reached {
			t.Errorf("%s was reached: %v", host, err)
		}
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
