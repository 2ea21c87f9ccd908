package demo

// Sizes are how many customers the merchants have of so many, and how many of
// the first's pay.
func Sizes(customers int) (sizes []int, payers float64) {
	f := filler{Options: Options{Customers: customers}, merchants: merchants()}
	f.sizes()
	for _, m := range f.merchants {
		sizes = append(sizes, m.size)
	}
	return sizes, f.merchants[0].payers * float64(f.merchants[0].size)
}
