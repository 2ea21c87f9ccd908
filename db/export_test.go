package db

// SetFewCustomers makes the store take a merchant for large from n customers
// on, so that a test need not make thousands.
func (s *Store) SetFewCustomers(n int) {
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	s.sizes.few, s.sizes.seen = n, nil
}
