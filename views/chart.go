package views

import (
	"fmt"
	"strings"

	"kontor/db/core"
)

// A chart is money in one currency as bars, and as the table behind them.
type chart struct {
	ID       string // of its heading
	Title    string
	Note     string // beside the title
	Currency string
	First    string // heads the table's first column
	Series   []series
	Columns  []column
	Marks    []string // what stands under it: at its left end, in its middle, at its right end
}

// A series is one kind of the money. Its tone is a class of app.css.
type series struct{ Name, Tone string }

// A column is a bar with the money of each series, in minor units, one upon the
// other.
type column struct {
	Label  string
	Values []int64
}

func (c column) sum() (n int64) {
	for _, v := range c.Values {
		n += v
	}
	return n
}

func (c column) any() bool { return c.sum() > 0 }

// Lengths of a chart in its own units.
const (
	chartHeight = 100
	chartStep   = 8 // from bar to bar
	chartBar    = 6
)

// A block is the part of a bar that is one series'.
type block struct{ Class, X, Y, Width, Height string }

// blocks are a column's, from the ground up. What there is can be seen, however
// little.
func (c chart) blocks(n int) []block {
	var all []block
	most, top := c.most(), float64(chartHeight)
	for i, v := range c.Columns[n].Values {
		if v <= 0 {
			continue
		}
		h := max(float64(v)/float64(most)*chartHeight, 1)
		top -= h
		all = append(all, block{
			Class: "bar-" + c.Series[i].Tone, X: fmt.Sprint(n*chartStep + (chartStep-chartBar)/2), Y: fmt.Sprintf("%.2f", max(top, 0)),
			Width: fmt.Sprint(chartBar), Height: fmt.Sprintf("%.2f", h),
		})
	}
	return all
}

// most is the largest column's sum, at least 1.
func (c chart) most() int64 {
	most := int64(1)
	for _, col := range c.Columns {
		most = max(most, col.sum())
	}
	return most
}

func (c chart) box() string { return fmt.Sprintf("0 0 %d %d", len(c.Columns)*chartStep, chartHeight) }

func (c chart) money(minor int64) string {
	return money(core.Money{Minor: minor, Currency: c.Currency})
}

// says is a column in words: "3 Nov 2026: Paid €49.00, Declined €9.90".
func (c chart) says(n int) string {
	var parts []string
	for i, v := range c.Columns[n].Values {
		if v > 0 {
			parts = append(parts, c.Series[i].Name+" "+c.money(v))
		}
	}
	return c.Columns[n].Label + ": " + orElse(strings.Join(parts, ", "), "nothing")
}

// total is all of a series.
func (c chart) total(i int) (n int64) {
	for _, col := range c.Columns {
		n += col.Values[i]
	}
	return n
}

// used reports whether a series has anything.
func (c chart) used(i int) bool { return c.total(i) > 0 }

// busy counts the columns with anything in them.
func (c chart) busy() (n int) {
	for _, col := range c.Columns {
		if col.any() {
			n++
		}
	}
	return n
}
