package db

import "kontor/db/core"

// SetFewCustomers makes the store take a merchant for large from n customers
// on, so that a test need not make thousands.
func (s *Store) SetFewCustomers(n int) {
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	s.sizes.few, s.sizes.seen = n, nil
}

// ActivityQuery is the text that reads a page of the activity, as the engine
// is given it.
func ActivityQuery(by core.Actor, l core.ActivityList) (string, []any) {
	text, args := activityQuery(by, l, core.ActivityPage)
	return steady(text), args
}
