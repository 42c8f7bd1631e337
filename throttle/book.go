package throttle

import "sync"

// Book holds the budget of every user on every server. It is safe for concurrent use.
type Book struct {
	options Options
	mu      sync.Mutex
	budgets map[[2]string]*Budget
	shared  map[string]bool
}

// NewBook makes a book without entries.
func NewBook(o Options) *Book {
	return &Book{options: o, budgets: map[[2]string]*Budget{}, shared: map[string]bool{}}
}

// Budget is that of an account on a host.
func (b *Book) Budget(host, account string) *Budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shared[host] {
		account = ""
	}
	key := [2]string{host, account}
	if b.budgets[key] == nil {
		budget := NewBudget(b.options)
		if account == "" { // GoToSocial, which counts pages as it counts everything
			budget.paging = nil
		}
		b.budgets[key] = budget
	}
	return b.budgets[key]
}

// Share makes all accounts on a host use one budget from now on: its server counts per address.
func (b *Book) Share(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shared[host] = true
}
