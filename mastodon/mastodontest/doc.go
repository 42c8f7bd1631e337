// Package mastodontest is a fake fediverse.
package mastodontest
